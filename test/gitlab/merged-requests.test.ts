import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCiVariables } from "../../src/environment/ci-variables.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { createProjectClient } from "../../src/gitlab/client.ts";
import {
  findMergedRequests,
  readPush,
} from "../../src/gitlab/merged-requests.ts";
import {
  gitBranchExists,
  requestPipelineState,
} from "../../src/gitlab/request-state.ts";
import { sha } from "../land/story.ts";
import {
  type FakeProject,
  type FakeRequest,
  JOB_TOKEN,
  PROJECT_TOKEN,
  startFakeProject,
} from "../support/fake-project.ts";
import { storeContext } from "../support/store-context.ts";

let gitlab: FakeProject;
beforeEach(async () => {
  gitlab = await startFakeProject();
});
afterEach(() => gitlab.close());

const QUICK = {
  requestMs: 20_000,
  totalMs: 60_000,
  pauseMs: 1,
  longestPauseMs: 4,
};
const client = (kind: "token" | "job" = "token") =>
  createProjectClient(world(), {
    apiUrl: gitlab.api,
    projectId: "10",
    token: { kind, text: kind === "job" ? JOB_TOKEN : PROJECT_TOKEN },
    patience: QUICK,
  });
// No Git in this folder: GitLab has to tell.
const world = () => ({
  ...storeContext(),
  cwd: "/",
  environment: readEnvironment({ PATH: "" }),
});

function request(iid: number, change: Partial<FakeRequest> = {}): void {
  gitlab.requests.push({
    ...{
      iid,
      state: "merged",
      source_branch: `feature/${iid}`,
      target_branch: "main",
      title: "t",
      web_url: "https://git.test/x",
    },
    ...{
      source_project_id: 10,
      target_project_id: 10,
      merged_at: `2026-01-0${iid}`,
      sha: sha(`head ${iid}`),
    },
    ...{ merge_commit_sha: null, squash_commit_sha: null },
    ...change,
  });
}

const find = (before: string | null, kind: "token" | "job" = "token") =>
  findMergedRequests(world(), client(kind), {
    apiUrl: gitlab.api,
    projectId: "10",
    branch: "main",
    sha: sha("push"),
    before,
  });

describe("the merge requests of a push", () => {
  it("are found by the merge commit, the squash, or the head of a fast-forward, with the job's own token", async () => {
    request(1, { merge_commit_sha: sha("push") });
    request(2, { squash_commit_sha: sha("push") });
    request(3, { sha: sha("push") });
    expect(
      (await find(null, "job")).map(({ iid, sourceBranch }) => [
        iid,
        sourceBranch,
      ]),
    ).toEqual([
      [1, "feature/1"],
      [2, "feature/2"],
      [3, "feature/3"],
    ]);
  });

  it("are those that were merged, into this branch of this project, by this push", async () => {
    const now = { merge_commit_sha: sha("push") };
    request(1, { ...now, state: "opened" });
    request(2, { ...now, target_branch: "release" });
    request(3, { ...now, target_project_id: 11 });
    request(4, { merge_commit_sha: sha("long ago") });
    gitlab.commits.set(sha("push"), [4]);
    request(5, now);
    expect((await find(null)).map(({ iid }) => iid)).toEqual([5]);
  });

  it("are all of a push with several merges, in the order of the merges", async () => {
    request(2, { merge_commit_sha: sha("push"), merged_at: "2026-01-01T02" });
    request(3, { merge_commit_sha: sha("first"), merged_at: "2026-01-01T01" });
    gitlab.ranges.set(`${sha("before")}..${sha("push")}`, [
      sha("push"),
      sha("first"),
    ]);
    expect((await find(sha("before"))).map(({ iid }) => iid)).toEqual([3, 2]);
  });

  it("are at least those of the newest commit, where the job may not list commits", async () => {
    request(1, { merge_commit_sha: sha("push") });
    expect((await find(sha("before"), "job")).map(({ iid }) => iid)).toEqual([
      1,
    ]);
  });

  it("say which came from a fork, also where the fork is gone", async () => {
    request(1, { merge_commit_sha: sha("push"), source_project_id: 11 });
    request(2, { merge_commit_sha: sha("push"), source_project_id: null });
    expect((await find(null)).map(({ fork }) => fork !== null)).toEqual([
      true,
      true,
    ]);
  });
});

describe("a push", () => {
  const env = {
    CI_API_V4_URL: "https://g/api/v4",
    CI_PROJECT_ID: "10",
    CI_COMMIT_BRANCH: "main",
    CI_COMMIT_SHA: "a1",
  };

  it("has a commit before it, or none that is known", () => {
    expect(
      readPush(readCiVariables({ ...env, CI_COMMIT_BEFORE_SHA: "b2" })).before,
    ).toBe("b2");
    expect(
      readPush(
        readCiVariables({ ...env, CI_COMMIT_BEFORE_SHA: "0".repeat(40) }),
      ).before,
    ).toBeNull();
    expect(readPush(readCiVariables(env)).before).toBeNull();
  });

  it.each(Object.keys(env))("is refused without %s", (name) => {
    expect(() =>
      readPush(readCiVariables({ ...env, [name]: undefined })),
    ).toThrow(`${name} is not set`);
  });
});

describe("the state of a request", () => {
  it.each<[string[], string]>([
    [[], "ended"],
    [["success"], "ended"],
    [["failed", "running"], "active"],
    [["waiting_for_resource"], "active"],
    [["manual", "canceled"], "ended"],
  ])("with pipelines %j is %s", async (statuses, state) => {
    gitlab.pipelines.set(7, statuses);
    expect(await requestPipelineState(client(), 7)).toBe(state);
  });

  it("is that of its newest pipeline, where a token may read the request alone", async () => {
    request(7);
    gitlab.jobTokenSees = /^GET \/merge_requests\/7$/;
    gitlab.pipelines.set(7, ["running"]);
    expect(await requestPipelineState(client("job"), 7)).toBe("active");
  });

  it("is unknown where the token may not ask, and so is a branch", async () => {
    expect(await requestPipelineState(client("job"), 7)).toBe("unknown");
    expect(await gitBranchExists(world(), client("job"), "main")).toBeNull();
  });

  it("tells a branch that is gone from one that is there", async () => {
    expect(await gitBranchExists(world(), client(), "main")).toBe(true);
    expect(await gitBranchExists(world(), client(), "feature/x")).toBe(false);
  });
});
