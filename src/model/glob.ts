import picomatch from "picomatch";

const matchers = new Map<string, (path: string) => boolean>();

/** Whether a path matches a glob; one of an engine is asked about every file of a branch, and is read once. */
export function matchesGlob(glob: string, path: string): boolean {
  let matches = matchers.get(glob);

  if (!matches) {
    matches = picomatch(glob);
    matchers.set(glob, matches);
  }

  return matches(path);
}
