import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { refuseSharedBranch } from "../../src/gitlab/shared-branch.ts";
import { storeContext } from "../support/store-context.ts";

/** A clone whose origin has these branches. */
function cloneOf(...branches: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "shared-branch-"));
  const git = (...args: string[]) =>
    execFileSync(
      "git",
      ["-c", "user.name=T", "-c", "user.email=t@test", ...args],
      {
        cwd: folder,
        stdio: "pipe",
      },
    );
  git("init", "-q", "-b", "main");
  git("commit", "-q", "--allow-empty", "-m", "first");
  for (const branch of branches) git("branch", branch);
  git("remote", "add", "origin", folder);
  return folder;
}

const contextIn = (cwd: string) => ({
  ...storeContext(),
  environment: readEnvironment(process.env),
  cwd,
});

describe("two Git branches of one data branch", () => {
  const folder = cloneOf("feature/foo", "feature--foo", "feature--bar");

  it.each(["feature/foo", "feature--foo"])(
    "are refused, with both names: %s",
    async (ref) => {
      const refusal = refuseSharedBranch(contextIn(folder), ref);
      await expect(refusal).rejects.toMatchObject({
        code: "branch-shared",
        message: expect.stringMatching(
          /feature\/foo.*feature--foo|feature--foo.*feature\/foo/,
        ),
      });
    },
  );

  it.each(["feature--bar", "main", "feature/none"])(
    "are not seen where there is one: %s",
    async (ref) => {
      await expect(
        refuseSharedBranch(contextIn(folder), ref),
      ).resolves.toBeUndefined();
    },
  );

  it("cannot be known without a clone", async () => {
    const empty = mkdtempSync(join(tmpdir(), "no-clone-"));
    await expect(
      refuseSharedBranch(contextIn(empty), "feature/foo"),
    ).resolves.toBeUndefined();
  });
});
