import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readEnvironment } from "../../src/environment.ts";
import { ExternalError } from "../../src/errors.ts";
import { type NoteOutcome, postNote } from "../../src/gitlab/note.ts";
import { markerKey, withMarker } from "../../src/gitlab/note-body.ts";
import { readPipeline } from "../../src/gitlab/pipeline.ts";
import {
  type FakeGitlab,
  type Fault,
  nextId,
  startFakeGitlab,
} from "../support/fake-gitlab.ts";

const TOKEN = "glpat-our-secret-token";
const QUICK = {
  requestMs: 2000,
  totalMs: 1500,
  pauseMs: 1,
  longestPauseMs: 4,
};
const BODY = "### ✅ `detector` may ship\n\nall of it";
const ROUTE = "/projects/10/merge_requests/7/notes";

let gitlab: FakeGitlab;
beforeEach(async () => {
  gitlab = await startFakeGitlab();
});
afterEach(() => gitlab.close());

interface Change {
  body?: string;
  iid?: number;
  env?: Record<string, string | undefined>;
  signal?: AbortSignal;
  key?: string;
}

function post({
  body = BODY,
  iid = 31,
  env = {},
  signal,
  key = "convert",
}: Change = {}): Promise<NoteOutcome> {
  const all: Record<string, string | undefined> = {
    GITLAB_CI: "true",
    CI_PIPELINE_SOURCE: "merge_request_event",
    CI_PIPELINE_IID: String(iid),
    CI_COMMIT_SHA: "c0ffee",
    CI_API_V4_URL: gitlab.api,
    CI_JOB_URL: "https://git.test/sub/acme/vision/-/jobs/5001",
    CI_JOB_TOKEN: "glcbt-64_job",
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_PROJECT_ID: "10",
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
    CI_MERGE_REQUEST_PROJECT_URL: "https://git.test/sub/acme/vision",
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/foo",
    NOTES_TOKEN: TOKEN,
    ...env,
  };
  const environment = readEnvironment(all);
  const ctx = {
    environment,
    fetch,
    now: () => new Date(),
    signal: signal ?? new AbortController().signal,
  };
  const pipeline = readPipeline(environment.ci, { modelBranch: null });
  return postNote(ctx, {
    pipeline,
    tokenVariable: "NOTES_TOKEN",
    body,
    key,
    patience: QUICK,
  });
}

function seed(body: string, author = 5, system = false): number {
  const id = nextId(gitlab);
  gitlab.notes.push({ id, body, system, author: { id: author } });
  return id;
}

const ours = (iid: number, body = "old", key = "convert") =>
  withMarker({ key: markerKey(key), iid, sha: "abc" }, body);
const bodies = () => gitlab.notes.map(({ body }) => body);
const calls = (method: string) =>
  gitlab.calls.filter((call) => call.startsWith(method));

describe("postNote", () => {
  it("posts a note, and finds it again in the next pipeline to update it in place", async () => {
    const first = await post();
    expect(first).toMatchObject({
      status: "posted",
      url: "https://git.test/sub/acme/vision/-/merge_requests/7#note_101",
    });
    const second = await post({
      iid: 32,
      body: "### ❌ `detector` may not ship\r\n\r\nbecause  \n",
    });
    expect(second).toMatchObject({ status: "updated", url: first.url });
    expect(gitlab.notes).toHaveLength(1);
    expect(bodies()[0]).toMatch(
      /^<!-- model-to-edge:note v=1 key=[0-9a-f]{16} iid=32 sha=c0ffee -->\n### ❌/,
    );
  });

  it("does not edit a note that already says the same, whatever the server made of line ends", async () => {
    await post({ body: "one\r\ntwo   \n\n" });
    expect(await post({ body: "one\r\ntwo   \n\n" })).toMatchObject({
      status: "unchanged",
    });
    expect(calls("PUT")).toEqual([]);
  });

  it("never overwrites a newer pipeline's note", async () => {
    seed(ours(30));
    seed(ours(40, "newer"));
    expect(await post({ iid: 31 })).toMatchObject({ status: "older" });
    expect(bodies()).toEqual([ours(30), ours(40, "newer")]);
  });

  it("keeps the oldest of several and deletes its own duplicates, on pages that are shorter than asked for", async () => {
    gitlab.pageSize = 2;
    for (let index = 0; index < 5; index += 1)
      seed(`somebody's note ${index}`, 9);
    const kept = seed(ours(20));
    seed(ours(25));
    const foreign = seed(ours(99), 9);
    const system = seed(ours(99), 5, true);
    const other = seed(ours(99, "other", "other job"));
    expect(await post()).toMatchObject({ status: "updated" });
    expect(gitlab.notes.slice(5).map(({ id }) => id)).toEqual([
      kept,
      foreign,
      system,
      other,
    ]);
    expect(gitlab.notes.find(({ id }) => id === kept)?.body).toContain(
      "may ship",
    );
  });

  it.each(["foreign-link", "no-link"] as const)(
    "asks its own address for the next page (%s)",
    async (paging) => {
      Object.assign(gitlab, { paging, pageSize: 3 });
      for (let index = 0; index < 7; index += 1) seed("somebody's", 9);
      const kept = seed(ours(20));
      expect(await post()).toMatchObject({ status: "updated" });
      expect(gitlab.notes.at(-1)?.id).toBe(kept);
    },
  );

  it("writes a new note where it may not change its old one, links that, and stays with the new one", async () => {
    const old = seed(ours(20));
    gitlab.locked.add(old);
    expect(await post()).toMatchObject({ status: "posted" });
    expect(gitlab.notes).toHaveLength(2);
    expect(bodies()[1]).toContain(`/-/merge_requests/7#note_${old}`);
    expect([...calls("PUT"), ...calls("DELETE")]).toEqual([
      `PUT ${ROUTE}/${old}`,
    ]);
    expect(await post({ iid: 32 })).toMatchObject({ status: "updated" });
    expect(gitlab.notes).toHaveLength(2);
    expect(bodies()[0]).toBe(ours(20));
  });

  it("gives way to a note that another job posted at the same moment", async () => {
    gitlab.onPost = () => {
      gitlab.onPost = null;
      seed(ours(31, "the other's"));
    };
    expect(await post()).toMatchObject({ status: "updated" });
    expect(gitlab.notes).toHaveLength(1);
    expect(gitlab.notes[0]?.id).toBe(101);
    expect(bodies()[0]).toContain("may ship");
  });

  it("gives way to a newer pipeline that posted at the same moment", async () => {
    gitlab.onPost = () => {
      gitlab.onPost = null;
      seed(ours(50, "the newer one's"));
    };
    expect(await post()).toMatchObject({ status: "older" });
    expect(bodies()).toEqual([ours(50, "the newer one's")]);
  });

  it("leaves one note where the answer to a post was lost", async () => {
    gitlab.faults.set(`POST ${ROUTE}`, [{ status: 0, cut: "after" }]);
    expect(await post()).toMatchObject({ status: "updated" });
    expect(gitlab.notes).toHaveLength(1);
  });

  it("cuts a text that GitLab would refuse, between blocks, with all fences and folds closed", async () => {
    const block = `<details>\n<summary>x</summary>\n\n\`\`\`\`sh\n${"a line\n\n".repeat(5000)}\`\`\`\`\n\n</details>\n\n`;
    expect(await post({ body: block.repeat(30) })).toMatchObject({
      status: "posted",
    });
    const body = bodies()[0] ?? "";
    expect(body.length).toBeLessThanOrEqual(900_000);
    expect(body).toMatch(
      /\n````\n\n<\/details>\n\n… cut here.*jobs\/5001\)\.$/,
    );
  });

  it("waits as long as the server says", async () => {
    gitlab.faults.set(`GET ${ROUTE}`, [
      {
        status: 429,
        headers: { "retry-after": "1" },
        body: { message: "slow" },
      },
    ]);
    const start = Date.now();
    expect(await post()).toMatchObject({ status: "posted" });
    expect(Date.now() - start).toBeGreaterThanOrEqual(950);
  });

  it("gives up at once where the server asks for more time than there is", async () => {
    const message = {
      error:
        "This endpoint has been requested too many times. Try again later.",
    };
    gitlab.faults.set("GET /user", [
      { status: 429, headers: { "retry-after": "3600" }, body: { message } },
    ]);
    expect(await post()).toMatchObject({
      status: "failed",
      line: expect.stringMatching(/429.*too many times/),
    });
    expect(calls("GET")).toHaveLength(1);
  });

  it.each([
    ["429 without a time", [{ status: 429 }, { status: 429 }]],
    [
      "a reset that is past",
      [{ status: 429, headers: { "ratelimit-reset": "1" } }],
    ],
    [
      "502, 503 and 500",
      [
        { status: 502, body: "<html>Bad Gateway</html>" },
        { status: 503 },
        { status: 500 },
      ],
    ],
    ["a cut connection", [{ status: 0, cut: "before" as const }]],
  ])("tries again after %s", async (_, faults) => {
    gitlab.faults.set(`GET ${ROUTE}`, [...faults]);
    expect(await post()).toMatchObject({ status: "posted" });
  });

  it("ends with one line where the server stays away", async () => {
    gitlab.faults.set(
      "GET /user",
      new Array(10_000).fill({ status: 503, body: "<h1>Down</h1>" }),
    );
    expect(await post()).toMatchObject({
      status: "failed",
      line: expect.stringMatching(/503 to GET .*\/user: Down/),
    });
  });

  it.each<[string, Change, RegExp]>([
    [
      "no token",
      { env: { NOTES_TOKEN: "" } },
      /NOTES_TOKEN is empty.*project access token, scope api, role Reporter/,
    ],
    [
      "a merge train",
      { env: { CI_MERGE_REQUEST_EVENT_TYPE: "merge_train" } },
      /merge train/,
    ],
    [
      "no merge request",
      { env: { CI_MERGE_REQUEST_IID: "", CI_COMMIT_BRANCH: "x" } },
      /no merge request/,
    ],
    ["no address", { env: { CI_API_V4_URL: "" } }, /CI_API_V4_URL/],
  ])(
    "skips with one line where there is %s, and asks nobody",
    async (_, change, line) => {
      const outcome = await post(change);
      expect(outcome).toMatchObject({ status: "skipped", url: null });
      expect(outcome.line).toMatch(line);
      expect(gitlab.calls).toEqual([]);
    },
  );

  it.each<[string, string, Fault[], Change, RegExp]>([
    [
      "a job token",
      "",
      [],
      { env: { NOTES_TOKEN: "glcbt-64_job" } },
      /job token cannot write notes/,
    ],
    [
      "a revoked token",
      "",
      [],
      { env: { NOTES_TOKEN: "glpat-revoked-one" } },
      /401 Unauthorized; .*NOTES_TOKEN is wrong/,
    ],
    [
      "a token without scope",
      `POST ${ROUTE}`,
      [
        {
          status: 403,
          body: {
            error: "insufficient_scope",
            error_description: "The request requires higher privileges",
          },
        },
      ],
      {},
      /higher privileges; .*scope api and role Reporter/,
    ],
    [
      "a project that it does not see",
      `GET ${ROUTE}`,
      [{ status: 404, body: { message: "404 Project Not Found" } }],
      {},
      /Reporter/,
    ],
    [
      "a login page of a proxy",
      "GET /user",
      [{ status: 200, body: "<html>Sign in</html>" }],
      {},
      /not GitLab's JSON/,
    ],
    [
      "a redirect",
      "GET /user",
      [
        {
          status: 302,
          headers: { location: "/sub/api/v4/user" },
          body: "moved",
        },
      ],
      {},
      /302/,
    ],
    [
      "an answer without id",
      "GET /user",
      [{ status: 200, body: {} }],
      {},
      /without id/,
    ],
    [
      "an answer that is no list",
      `GET ${ROUTE}`,
      [{ status: 200, body: { a: 1 } }],
      {},
      /no list/,
    ],
  ])(
    "tells in one line what to do about %s",
    async (_, route, faults, change, line) => {
      if (route) gitlab.faults.set(route, [...faults]);
      const outcome = await post(change);
      expect(outcome).toMatchObject({ status: "failed", url: null });
      expect(outcome.line).toMatch(line);
      expect(outcome.line).not.toContain("\n");
    },
  );

  it("stops with the reason of the abort", async () => {
    const controller = new AbortController();
    gitlab.faults.set(
      "GET /user",
      new Array(100).fill({ status: 429, headers: { "retry-after": "1" } }),
    );
    const reason = new ExternalError("stopped by SIGTERM");
    setTimeout(() => controller.abort(reason), 50);
    await expect(post({ signal: controller.signal })).rejects.toBe(reason);
  });
});
