import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mergedAt, type Story } from "../land/story.ts";

export type Method = "merge commit" | "squash" | "fast-forward";

/** A real Git repository with an `origin`, whose merges the stand-in for GitLab knows by their real commits. */
export class GitHistory {
  readonly #story: Story;
  readonly #folder: string;
  #merges = 0;
  readonly #origin = mkdtempSync(join(tmpdir(), "model-to-edge-origin-"));

  /** The repository is where the story's commands run. */
  constructor(story: Story) {
    this.#story = story;
    this.#folder = story.cwd;
    execFileSync("git", ["init", "-q", "--bare", this.#origin]);
    this.#git("init", "-q", "-b", "main");
    this.#git("remote", "add", "origin", this.#origin);
    this.#commit("README.md", "The models' project");
    this.#git("push", "-q", "origin", "main");
  }

  remove(): void {
    rmSync(this.#origin, { recursive: true, force: true });
  }

  head(): string {
    return this.#git("rev-parse", "main");
  }

  /** A branch with one commit, pushed: what a merge request is made from. */
  branch(name: string, message = `Work on ${name}`): void {
    this.#git("switch", "-q", "-c", name, "main");
    this.#commit(`${name.replaceAll("/", "-")}.txt`, message);
    this.#leave(name);
  }

  /** The branch of GitLab's button *Revert*, by `git revert`. */
  revertBranch(name: string, commit: string): void {
    this.#git("switch", "-q", "-c", name, "main");
    this.#git("revert", "--no-edit", "-m", "1", commit);
    this.#leave(name);
  }

  /** Merges the branch as request `iid`, pushes, and deletes the branch; the head of main before and after. */
  merge(
    name: string,
    iid: number,
    method: Method = "merge commit",
  ): { before: string; after: string } {
    const before = this.head();
    const sha = this.#git("rev-parse", name);
    const messages = this.#git("log", "--format=%B%x00", `main..${name}`);

    if (method === "merge commit")
      this.#git("merge", "-q", "--no-ff", "-m", `Merge ${name}`, name);
    else if (method === "fast-forward")
      this.#git("merge", "-q", "--ff-only", name);
    else {
      this.#git("merge", "-q", "--squash", name);
      this.#git("commit", "-q", "-m", `${name}, squashed [skip ci]`);
    }

    this.#git("push", "-q", "origin", "main", `:${name}`);
    const after = this.head();
    this.#story.gitlab.messages.set(iid, messages.split("\0"));
    this.#story.merge(name, iid, {
      sha,
      merge_commit_sha: method === "merge commit" ? after : null,
      squash_commit_sha: method === "squash" ? after : null,
      merged_at: mergedAt(++this.#merges),
    });

    return { before, after };
  }

  #commit(file: string, message: string): void {
    writeFileSync(join(this.#folder, file), message);
    this.#git("add", file);
    this.#git("commit", "-q", "-m", message);
  }

  #leave(name: string): void {
    this.#git("push", "-q", "origin", name);
    this.#git("switch", "-q", "main");
  }

  #git(...words: string[]): string {
    const who = ["-c", "user.name=T", "-c", "user.email=t@example.org"];
    const all = [...who, "-c", "commit.gpgsign=false", ...words];
    return execFileSync("git", all, {
      cwd: this.#folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }
}
