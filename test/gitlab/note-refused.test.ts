import { describe, expect, it } from "vitest";
import { ExternalError } from "../../src/errors.ts";
import type { Fault } from "../support/fake-gitlab.ts";
import { type Change, ROUTE, useNotes } from "./post-note.ts";

const at = useNotes();

describe("postNote, where GitLab does not take the note at once", () => {
  it("waits as long as the server says", async () => {
    at.gitlab.faults.set(`GET ${ROUTE}`, [
      {
        status: 429,
        headers: { "retry-after": "1" },
        body: { message: "slow" },
      },
    ]);
    const start = Date.now();
    expect(await at.post()).toMatchObject({ status: "posted" });
    expect(Date.now() - start).toBeGreaterThanOrEqual(950);
  });

  it("gives up at once where the server asks for more time than there is", async () => {
    const message = {
      error:
        "This endpoint has been requested too many times. Try again later.",
    };
    at.gitlab.faults.set("GET /user", [
      { status: 429, headers: { "retry-after": "3600" }, body: { message } },
    ]);
    expect(await at.post()).toMatchObject({
      status: "failed",
      line: expect.stringMatching(/429.*too many times/),
    });
    expect(at.calls("GET")).toHaveLength(1);
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
    at.gitlab.faults.set(`GET ${ROUTE}`, [...faults]);
    expect(await at.post()).toMatchObject({ status: "posted" });
  });

  it("ends with one line where the server stays away", async () => {
    at.gitlab.faults.set(
      "GET /user",
      new Array(10_000).fill({ status: 503, body: "<h1>Down</h1>" }),
    );
    expect(await at.post({ totalMs: 500 })).toMatchObject({
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
      const outcome = await at.post(change);
      expect(outcome).toMatchObject({ status: "skipped", url: null });
      expect(outcome.line).toMatch(line);
      expect(at.gitlab.calls).toEqual([]);
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
      "an answer that is not a list",
      `GET ${ROUTE}`,
      [{ status: 200, body: { a: 1 } }],
      {},
      /not a list/,
    ],
  ])(
    "tells in one line what to do about %s",
    async (_, route, faults, change, line) => {
      if (route) at.gitlab.faults.set(route, [...faults]);
      const outcome = await at.post(change);
      expect(outcome).toMatchObject({ status: "failed", url: null });
      expect(outcome.line).toMatch(line);
      expect(outcome.line).not.toContain("\n");
    },
  );

  it("stops with the reason of the abort", async () => {
    const controller = new AbortController();
    at.gitlab.faults.set(
      "GET /user",
      new Array(100).fill({ status: 429, headers: { "retry-after": "1" } }),
    );
    const reason = new ExternalError("stopped by SIGTERM", {
      code: "stopped",
      hint: "run it again",
    });
    setTimeout(() => controller.abort(reason), 50);
    await expect(at.post({ signal: controller.signal })).rejects.toBe(reason);
  });
});
