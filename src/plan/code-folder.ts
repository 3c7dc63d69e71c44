import { type ConfigLayer, namesCode } from "../config/model-settings.ts";
import type { Context } from "../context.ts";
import { hashBytes } from "../disk/hash-file.ts";
import { type Failure, UsageError } from "../errors.ts";
import {
  type Commit,
  type CommittedFile,
  committedBytes,
  headCommit,
} from "../gitlab/committed-files.ts";
import { inputFailure } from "./choose-engine.ts";

/** Where the repository keeps the code of one model. */
export interface CodeFolder {
  commit: string;
  /** From the working directory; `.` is all of it. */
  folder: string;
  /** Below the folder. */
  paths: string[];
  /** Bytes and sha256 of one of them, or why it is not taken. */
  read(path: string): Promise<ReadCode>;
}

export type ReadCode = { size: number; sha256: string } | { failure: Failure };

/** Finds the code of a model: `folder` is where it is looked for. */
export type FindCode = (folder: string) => CodeFolder | { failure: Failure };

/** Bytes of one file: code is written by hand. */
const LARGEST = 4 << 20;

/**
 * How models find their code in Git; null where all code comes from the store.
 * Throws `UsageError` where it is wanted and there is no commit to take it from.
 */
export async function codeOfGit(
  ctx: Context,
  from: "store" | "git",
  repository: ConfigLayer | null,
): Promise<FindCode | null> {
  const isNamed = repository !== null && namesCode(repository.config);
  if (from !== "git" && !isNamed) return null;

  const commit = await headCommit(ctx);
  if (commit === null)
    throw new UsageError(
      "code must come from Git (code-from: git), but no commit is checked out here",
      {
        code: "code-without-git",
        hint: "run it in a checkout, with git installed (docs/code-from-git.md); a job's GIT_STRATEGY must be fetch or clone",
      },
    );

  return (folder) => codeFolder(ctx.cwd, commit, folder);
}

function codeFolder(
  cwd: string,
  commit: Commit,
  folder: string,
): CodeFolder | { failure: Failure } {
  const prefix = folder === "." ? "" : `${folder}/`;
  const inside = new Map(
    [...commit.files]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, file]) => [path.slice(prefix.length), file]),
  );

  if (inside.size === 0)
    return refusal(
      "code-missing",
      `code comes from Git, but commit ${commit.sha.slice(0, 8)} has no files in ${folder}/`,
      `commit the model's Python files to ${folder}/, or name their folder in conversion.yaml with \`code:\``,
    );

  return {
    commit: commit.sha,
    folder,
    paths: [...inside.keys()],
    read: async (path) => {
      const file = inside.get(path);
      if (!file) throw new Error(`${path} is not part of this commit`);
      return readCode(cwd, commit, prefix + path, file);
    },
  };
}

async function readCode(
  cwd: string,
  { sha }: Commit,
  path: string,
  file: CommittedFile,
): Promise<ReadCode> {
  if (file.size === null)
    return refusal(
      "code-no-file",
      `${path} is a link or a submodule in Git`,
      "code is only taken from regular files: commit the file itself",
    );

  if (file.size > LARGEST)
    return refusal(
      "code-too-large",
      `${path} has ${file.size} bytes; a file of code has at most ${LARGEST}`,
      "take it out of the code folder: weights and samples belong in the store",
    );

  const bytes = await committedBytes(cwd, path, file);
  if (bytes === null)
    return refusal(
      "code-not-committed",
      `${path} differs from commit ${sha.slice(0, 8)}`,
      "commit or discard the change: only committed code is run",
    );

  const sha256 = hashBytes(bytes);
  return { size: bytes.length, sha256 };
}

function refusal(...words: Parameters<typeof inputFailure>): {
  failure: Failure;
} {
  return { failure: inputFailure(...words) };
}
