const SYSTEM: ReadonlySet<string> = new Set([
  "/",
  "/usr",
  "/lib",
  "/lib64",
  "/bin",
  "/sbin",
  "/etc",
  "/opt",
  "/var",
  "/nix",
]);

/** Without it there is no system to run: never hidden, and never closed to others. */
export function isOfTheSystem(folder: string): boolean {
  return SYSTEM.has(folder);
}
