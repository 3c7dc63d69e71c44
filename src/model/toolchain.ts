/** `evidence/<name>/toolchain.json`: what the engine's process said that it converted the model with. */
export interface Toolchain {
  kind: "toolchain";
  version: 1;
  engine: string;
  /** Version of Python. */
  python: string;
  /** Versions of its packages, by name. */
  packages: Record<string, string>;
}

export const TOOLCHAIN_FILE = "toolchain.json";

/** Packages in order of their names: the same environment is the same bytes. */
export function toolchainOf(
  engine: string,
  { python, packages }: { python: string; packages: Record<string, string> },
): Toolchain {
  const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));

  return {
    ...{ kind: "toolchain", version: 1, engine, python },
    packages: Object.fromEntries(sorted),
  };
}
