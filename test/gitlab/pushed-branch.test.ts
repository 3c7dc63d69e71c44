import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { mapBranchName } from "../../src/gitlab/branch-name.ts";
import {
  createProjectClient,
  type ProjectClient,
} from "../../src/gitlab/client.ts";
import {
  checkOutBranch,
  gitBranchesOf,
  openRequestOf,
} from "../../src/gitlab/pushed-branch.ts";
import {
  type FakeProject,
  type FakeRequest,
  JOB_TOKEN,
  PROJECT_TOKEN,
  startFakeProject,
} from "../support/fake-project.ts";
import { gitCheckout } from "../support/git-checkout.ts";

const folder = mkdtempSync(join(tmpdir(), "model-to-edge-"));
const here = {
  environment: readEnvironment({ PATH: process.env.PATH, HOME: folder }),
  fetch: globalThis.fetch,
  now: () => new Date(),
  signal: new AbortController().signal,
};
let gitlab: FakeProject;
beforeAll(async () => {
  gitlab = await startFakeProject();
});
afterAll(async () => {
  await gitlab.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  gitlab.requests.length = 0;
  gitlab.branches = new Set(["main", "fix.me", "feature/foo"]);
});

const client = (kind: "token" | "job" = "token"): ProjectClient =>
  createProjectClient(here, {
    ...{ apiUrl: gitlab.api, projectId: "10" },
    token: { kind, text: kind === "job" ? JOB_TOKEN : PROJECT_TOKEN },
  });
const cwdOf = (name: string) => {
  const cwd = join(folder, name);
  mkdirSync(cwd, { recursive: true });
  return cwd;
};

/** A clone whose `origin` has a branch `feature/foo` that is newer than `main`. */
function clone(name: string) {
  const [cwd, origin] = [cwdOf(name), join(folder, `${name}.git`)];
  execFileSync("git", ["init", "-q", "--bare", origin]);
  const git = gitCheckout(cwd);
  git.git("remote", "add", "origin", origin);
  git.commit();
  git.git("push", "-q", "origin", "main");
  git.git("switch", "-q", "-c", "feature/foo");
  git.write("conversion.yaml", "version: 1\n");
  const sha = git.commit();
  git.git("push", "-q", "origin", "feature/foo");
  git.git("switch", "-q", "main");
  return { cwd, git, origin, sha };
}

describe("the Git branches of a data branch", () => {
  it("are asked of origin, and of GitLab where there is no clone", async () => {
    const { cwd } = clone("asked");
    expect(await gitBranchesOf({ ...here, cwd }, null, "feature--foo")).toEqual(
      ["feature/foo"],
    );

    const bare = { ...here, cwd: cwdOf("bare") };
    const name = mapBranchName("fix.me");
    expect(await gitBranchesOf(bare, client(), name)).toEqual(["fix.me"]);
    expect(await gitBranchesOf(bare, client(), "none")).toEqual([]);
  });

  it.each([
    ["nobody can be asked", () => null],
    ["GitLab says no", () => client("job")],
  ])("are an error where %s", async (_, asked) => {
    const bare = { ...here, cwd: cwdOf("bare") };
    await expect(gitBranchesOf(bare, asked(), "x")).rejects.toMatchObject({
      ...{ exitCode: 2, code: "git-missing" },
    });
  });
});

describe("the files of a Git branch", () => {
  it("are checked out at its newest commit", async () => {
    const { cwd, git, sha } = clone("files");
    expect(await checkOutBranch({ ...here, cwd }, "feature/foo")).toBe(sha);
    expect(git.git("rev-parse", "HEAD")).toBe(sha);
    expect(git.git("ls-files")).toBe("conversion.yaml");
  });

  it("are none where this is no clone", async () => {
    const bare = { ...here, cwd: cwdOf("bare") };
    expect(await checkOutBranch(bare, "feature/foo")).toBeNull();
  });

  it.each<[string, (made: ReturnType<typeof clone>) => void]>([
    ["origin is away", ({ origin }) => rmSync(origin, { recursive: true })],
    [
      "files of the job are in the way",
      ({ git }) => git.write("conversion.yaml", "mine\n"),
    ],
  ])("are an error that a retry may cure where %s", async (name, harm) => {
    const made = clone(name.replaceAll(" ", "-"));
    harm(made);
    await expect(
      checkOutBranch({ ...here, cwd: made.cwd }, "feature/foo"),
    ).rejects.toMatchObject({ exitCode: 3, code: "git-missing" });
  });
});

describe("the open merge request of a Git branch", () => {
  const request = (change: Partial<FakeRequest>): void => {
    gitlab.requests.push({
      ...{ iid: 7, state: "opened", source_branch: "feature/foo" },
      ...{ target_branch: "main", source_project_id: 10, title: "" },
      ...{ target_project_id: 10, web_url: "https://git.test/7" },
      ...{ merged_at: null, sha: "", merge_commit_sha: null },
      squash_commit_sha: null,
      ...change,
    });
  };

  it("is the newest one of this project", async () => {
    request({});
    request({ iid: 9, web_url: "https://git.test/9" });
    request({ iid: 11, state: "closed" });
    request({ iid: 12, source_project_id: 77 });
    request({ iid: 13, source_branch: "other" });
    expect(await openRequestOf(client(), "10", "feature/foo")).toEqual({
      ...{ iid: 9, url: "https://git.test/9" },
    });
  });

  it("may be none", async () => {
    request({ source_project_id: 77 });
    expect(await openRequestOf(client(), "10", "feature/foo")).toBeNull();
  });
});
