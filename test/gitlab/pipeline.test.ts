import { describe, expect, it } from "vitest";
import { readCiVariables } from "../../src/environment/ci-variables.ts";
import { UsageError } from "../../src/errors.ts";
import { readPipeline } from "../../src/gitlab/pipeline.ts";
import {
  BASE,
  BRANCH,
  type Env,
  FORK,
  from,
  MERGE_REQUEST,
  mayPublish,
  read,
  TAG,
} from "./pipeline-variables.ts";

describe("readPipeline", () => {
  it("lets the input win, without giving rights", () => {
    expect(read(TAG, "release")).toMatchObject({
      branch: "release",
      branchFrom: "input",
    });
    expect(read(BRANCH, "other")).toMatchObject({
      branch: "other",
      automatic: false,
    });
    expect(read(FORK, "main")).toMatchObject({
      branch: "main",
    });
    expect(mayPublish(read(TAG, "release"))).toBe(true);
    expect(mayPublish(read(BRANCH, "other"))).toBe(true);
    expect(mayPublish(read(FORK, "main"))).toBe(false);
    expect(read(FORK, "main").withheld).toMatch(/fork/);
    expect(read(from("duo_workflow"), "main")).toMatchObject({
      branch: null,
    });
  });

  it("takes the head of the source branch, not the commit that GitLab merged to test it", () => {
    expect(read(MERGE_REQUEST).source.git_sha).toBe(BASE.CI_COMMIT_SHA);
    expect(
      read({ ...MERGE_REQUEST, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "feed" })
        .source.git_sha,
    ).toBe("feed");
  });

  it("writes notes to the target project, also from a pipeline in the fork", () => {
    const fork = read({
      ...FORK,
      CI_PROJECT_ID: "77",
      CI_PROJECT_URL: "https://git.test/sub/mallory/vision",
    });
    expect(fork.source.merge_request).toEqual({
      project_id: "10",
      iid: 7,
      url: "https://git.test/sub/acme/vision/-/merge_requests/7",
    });
  });

  it("finds the newest own merge request of a branch pipeline", () => {
    const open = {
      ...BRANCH,
      CI_OPEN_MERGE_REQUESTS: "upstream/vision!3,acme/vision!12,acme/vision!9",
    };
    expect(read(open).source.merge_request).toMatchObject({
      project_id: "10",
      iid: 12,
    });
    expect(read(open).note.allowed).toBe(true);
    expect(
      read({ ...BRANCH, CI_OPEN_MERGE_REQUESTS: "upstream/vision!3" }).note
        .allowed,
    ).toBe(false);
  });

  it("warns of a source that it does not know", () => {
    expect(read(from("telepathy")).warnings[0]).toMatch(/"telepathy"/);
    expect(read(BRANCH).warnings).toEqual([]);
  });

  it("gives links of the web only, and no token", () => {
    const pipeline = read({
      ...MERGE_REQUEST,
      CI_PIPELINE_URL: "javascript:alert(1)",
    });
    expect(pipeline.links).toEqual({
      api: "https://git.test/sub/api/v4",
      project: "https://git.test/sub/acme/vision",
      mergeRequest: "https://git.test/sub/acme/vision/-/merge_requests/7",
      pipeline: null,
      job: "https://git.test/sub/acme/vision/-/jobs/5001",
    });
    expect(JSON.stringify(pipeline)).not.toContain("secret");
  });

  it.each<[string, Env, RegExp]>([
    [
      "a merge request's number that is none",
      { ...MERGE_REQUEST, CI_MERGE_REQUEST_IID: "7; rm" },
      /CI_MERGE_REQUEST_IID/,
    ],
    [
      "a zero",
      { ...MERGE_REQUEST, CI_MERGE_REQUEST_IID: "0" },
      /CI_MERGE_REQUEST_IID/,
    ],
    [
      "a project id with an exponent",
      { ...FORK, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "1e2" },
      /SOURCE_PROJECT_ID/,
    ],
    [
      "a source project that is gone",
      { ...FORK, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "" },
      /SOURCE_PROJECT_ID/,
    ],
    [
      "a pipeline number beyond all numbers",
      { ...BRANCH, CI_PIPELINE_IID: "9".repeat(20) },
      /CI_PIPELINE_IID/,
    ],
    [
      "an open merge request without number",
      { ...BRANCH, CI_OPEN_MERGE_REQUESTS: "acme/vision!x" },
      /OPEN_MERGE/,
    ],
    [
      "a pipeline without any ref",
      { CI_PIPELINE_SOURCE: "push" },
      /no branch of the store/,
    ],
  ])("refuses %s", (_, env, message) => {
    expect(() => read(env)).toThrow(UsageError);
    expect(() => read(env)).toThrow(message);
  });

  it("takes a pipeline that nobody counted, as gitlab-ci-local says with a 0", () => {
    expect(read({ ...BRANCH, CI_PIPELINE_IID: "0" })).toMatchObject({
      branch: "feature--foo",
      iid: 0,
    });
  });

  it("refuses an input that is not a store's branch, and says which one was probably meant", () => {
    const error = caught(() => read(BRANCH, "feature/foo"));
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).hint).toContain("feature--foo");
  });

  it("takes the working directory's branch outside CI, and is not automatic", () => {
    const local = readPipeline(readCiVariables({}), {
      modelBranch: null,
      local: { branch: "exp/1", sha: "abc" },
    });
    expect(local).toMatchObject({
      branch: "exp--1",
      branchFrom: "local",
      inCi: false,
      automatic: false,
      iid: 0,
    });
    expect(local.source).toMatchObject({
      kind: "local",
      git_ref: "exp/1",
      git_sha: "abc",
      merge_request: null,
    });
    expect(mayPublish(local)).toBe(true);
    expect(local.note.allowed).toBe(false);
    expect(
      readPipeline(readCiVariables({}), { modelBranch: "main" }),
    ).toMatchObject({
      branch: "main",
      branchFrom: "input",
    });
    expect(() =>
      readPipeline(readCiVariables({}), { modelBranch: null }),
    ).toThrow(/no branch of the store/);
  });

  it("takes gitlab-ci-local for CI, with the few variables that it knows", () => {
    const env = {
      GITLAB_CI: "false",
      CI_MERGE_REQUEST_IID: "7",
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feat/a",
    };
    const pipeline = readPipeline(readCiVariables(env), { modelBranch: null });
    expect(pipeline).toMatchObject({
      inCi: true,
      branch: "feat--a",
      note: { allowed: false },
    });
  });
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
