import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const SCRIPT = fileURLToPath(
  new URL("../../scripts/commit-subjects.mjs", import.meta.url),
);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "model-to-edge-subjects-"));
  git("init", "-q", "-b", "main");
  commit("Start");
  commit("é".repeat(72));
  commit("x".repeat(73));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function git(...words: string[]): void {
  execFileSync("git", words, { cwd: folder });
}

function commit(subject: string): void {
  const who = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
  const words = ["commit", "-q", "--allow-empty", "-m"];
  git(...who, ...words, `${subject}\n\n${"b".repeat(100)}`);
}

function check(...words: string[]) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [SCRIPT, ...words],
    { cwd: folder, encoding: "utf8" },
  );
  return { stdout, stderr, status };
}

describe("commit subjects", () => {
  it("may have 72 characters, of whatever bytes, and a body of any width", () => {
    expect(check("HEAD~2..HEAD~1")).toMatchObject({
      stdout: "1 commits, 0 with a long subject\n",
      status: 0,
    });
  });

  it("of 73 characters are refused, with the commit and what to do", () => {
    const { stderr, status } = check("HEAD~2..HEAD");
    expect(stderr).toMatch(
      /^[0-9a-f]{7,} x{73}: 73 characters, at most 72; git rebase/,
    );
    expect(status).toBe(1);
  });

  it("cannot be checked where the history does not reach", () => {
    const { stderr, status } = check("0123456789abcdef..HEAD");
    expect(stderr).toContain("hint: the history must reach that far");
    expect(status).toBe(2);
  });
});
