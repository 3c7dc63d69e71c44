import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { doneBeside } from "../../../src/commands/run/done-beside.ts";
import { readEnvironment } from "../../../src/environment/environment.ts";
import type { Log } from "../../../src/log/log.ts";

const OURS = {
  id: 501,
  sha: "c0ffee",
  source: "merge_request_event",
  status: "running",
  created_at: "2026-11-28T12:00:10.000Z",
  web_url: "https://git.test/p/-/pipelines/501",
};
const JOBS = [{ name: "lint" }, { name: "model-to-edge-convert" }];
const CI = {
  GITLAB_CI: "true",
  CI_PIPELINE_SOURCE: "push",
  CI_COMMIT_BRANCH: "feature/x",
  CI_COMMIT_SHA: "c0ffee",
  CI_JOB_NAME: "model-to-edge-convert",
  CI_OPEN_MERGE_REQUESTS: "acme/vision!7",
  CI_PIPELINE_CREATED_AT: "2026-11-28T12:00:08Z",
  CI_PROJECT_ID: "10",
  CI_PROJECT_PATH: "acme/vision",
  MODEL_TO_EDGE_TOKEN: "glpat-some-token",
};
let server: Server;
let answers: Record<string, [status: number, body: unknown]>;
let calls: string[];
beforeAll(async () => {
  server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/\?.*/, "").slice(7);
    calls.push(path);
    const [status, body] = answers[path] ?? [404, { message: "404" }];
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());
beforeEach(() => {
  calls = [];
  answers = {};
});

const PIPELINES = "/projects/10/merge_requests/7/pipelines";

/** What a job says and does where GitLab has these pipelines and jobs. */
async function inJob(
  pipelines: unknown[],
  env: Record<string, string> = {},
  jobs: unknown[] = JOBS,
) {
  const { port } = server.address() as AddressInfo;
  answers = {
    [PIPELINES]: [200, pipelines],
    "/projects/10/pipelines/501/jobs": [200, jobs],
    ...answers,
  };
  const lines: string[] = [];
  const note = (line: string) => lines.push(line);
  const done = await doneBeside(
    {
      environment: readEnvironment({
        ...CI,
        CI_API_V4_URL: `http://127.0.0.1:${port}/api/v4`,
        ...env,
      }),
      fetch: globalThis.fetch,
      log: { info: note, warn: note } as unknown as Log,
      now: () => new Date(),
      signal: new AbortController().signal,
    },
    "MODEL_TO_EDGE_TOKEN",
  );
  return { done, lines };
}

describe("a branch pipeline of a branch with an open merge request", () => {
  it("leaves the work to the merge request's pipeline of the same commit, and says which", async () => {
    expect(await inJob([OURS])).toEqual({
      done: true,
      lines: [expect.stringContaining("pipelines/501")],
    });
  });

  it("leaves it to that of merged results, whose commit is another one", async () => {
    expect((await inJob([{ ...OURS, sha: "feed" }])).done).toBe(true);
  });

  it.each<[string, unknown[], unknown[]?]>([
    ["there is no pipeline of the merge request: a branch-only workflow", []],
    ["its only pipeline is this one", [{ ...OURS, source: "push" }]],
    ["that pipeline was cancelled", [{ ...OURS, status: "canceled" }]],
    ["that pipeline was skipped", [{ ...OURS, status: "skipped" }]],
    ["that pipeline does not have the job", [OURS], [{ name: "lint" }]],
    [
      "that pipeline is of an earlier push",
      [{ ...OURS, sha: "old", created_at: "2026-11-28T11:58:00Z" }],
    ],
    ["the answer is none that we know", [null, {}, "x"]],
  ])("does the work where %s", async (_what, pipelines, jobs) => {
    expect(await inJob(pipelines, {}, jobs)).toEqual({
      done: false,
      lines: [],
    });
  });

  it("does the work, and says why, where GitLab refuses the question", async () => {
    answers = { [PIPELINES]: [403, { message: "403 Forbidden" }] };
    expect(await inJob([OURS])).toEqual({
      done: false,
      lines: [expect.stringMatching(/so this pipeline does it: .*403/)],
    });
  });

  it.each<[string, Record<string, string>]>([
    ["there is no token", { MODEL_TO_EDGE_TOKEN: "" }],
    ["no merge request is open", { CI_OPEN_MERGE_REQUESTS: "" }],
    ["a person started it", { CI_PIPELINE_SOURCE: "web" }],
    [
      "it is the merge request's pipeline itself",
      {
        CI_PIPELINE_SOURCE: "merge_request_event",
        CI_MERGE_REQUEST_IID: "7",
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/x",
        CI_COMMIT_BRANCH: "",
      },
    ],
  ])("does the work without a question where %s", async (_what, env) => {
    expect((await inJob([OURS], env)).done).toBe(false);
    expect(calls).toEqual([]);
  });
});
