import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A Git repository in a folder, as a job has it. */
export interface GitCheckout {
  write(path: string, content: string): void;
  git(...args: string[]): string;
  /** Commits all that lies there; returns the commit's id. */
  commit(): string;
}

export function gitCheckout(folder: string): GitCheckout {
  const git = (...args: string[]) =>
    execFileSync("git", args, {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: folder, ...AUTHOR },
    }).trim();
  git("init", "--quiet", "--initial-branch", "main");

  return {
    git,
    write: (path, content) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    commit: () => {
      git("add", "--all", "--", ":!model-to-edge-out");
      git("commit", "--quiet", "--allow-empty", "--message", "Change");
      return git("rev-parse", "HEAD");
    },
  };
}

const AUTHOR = {
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@b",
  GIT_CONFIG_NOSYSTEM: "1",
};
