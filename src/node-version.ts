/** Major and minor of the first release of each line of Node that this runs on, as `engines` of package.json says. */
const FIRST = [
  [20, 19],
  [22, 12],
  [24, 0],
] as const;

/** What to say about a Node that this does not run on, such as `18.20.8`; null for one that it runs on. */
export function nodeProblem(
  version: string,
): { what: string; hint: string } | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOfLine = FIRST.some(
    ([line, first]) => major === line && minor >= first,
  );
  const isNewer = FIRST.every(([line]) => major > line);
  if (isOfLine || isNewer) return null;

  return {
    what: `model-to-edge needs Node 20.19+, 22.12+ or 24+, this is ${version}`,
    hint: "install one of them, or use an image that has one, such as node:22-bookworm",
  };
}
