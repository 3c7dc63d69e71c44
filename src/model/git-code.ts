/** A model's code, taken from a commit of the Git repository and not from the store. */
export interface GitCode extends ProvedCode {
  /** The commit, full. */
  commit: string;
}

/** The same without the commit: equal files of two commits are the same code. */
export interface ProvedCode {
  /** From the working directory of the run, without a `/` at the end. */
  folder: string;
  files: CodeFile[];
}

export interface CodeFile {
  role: string;
  /** Below `folder`. */
  path: string;
  /** Bytes. */
  size: number;
  sha256: string;
}

/** What a manifest says of it. */
export function provedCode({ folder, files }: GitCode): ProvedCode {
  return { folder, files };
}

/** Files of Git that are others than those which a verdict covers: changed, added and gone, as `Git: path`. */
export function changedCode(
  now: ProvedCode | undefined,
  covered: ProvedCode | undefined,
): string[] {
  const sums = (code: ProvedCode | undefined) =>
    new Map(
      code?.files.map(({ path, sha256 }) => [
        `Git: ${code.folder}/${path}`,
        sha256,
      ]),
    );
  const [ours, theirs] = [sums(now), sums(covered)];
  const names = new Set([...ours.keys(), ...theirs.keys()]);

  return [...names]
    .filter((name) => ours.get(name) !== theirs.get(name))
    .sort();
}
