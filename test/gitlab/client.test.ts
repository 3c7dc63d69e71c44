import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../../src/gitlab/client.ts";
import { GitlabError } from "../../src/gitlab/gitlab-error.ts";
import { type FakeGitlab, startFakeGitlab } from "../support/fake-gitlab.ts";

const TOKEN = "glpat-our-secret-token";

let gitlab: FakeGitlab;
beforeEach(async () => {
  gitlab = await startFakeGitlab();
});
afterEach(() => gitlab.close());

describe("the client's errors", () => {
  it.each([
    [
      "the server repeats it",
      { status: 400, body: { message: `bad token ${TOKEN}` } },
      2,
    ],
    [
      "the server refuses",
      { status: 403, body: { message: "403 Forbidden" } },
      2,
    ],
    ["there are too many calls", { status: 429 }, 3],
    ["the server fails", { status: 502 }, 3],
    ["the connection is cut", { status: 0, cut: "before" as const }, 3],
  ])("never show the token where %s", async (_, fault, exitCode) => {
    gitlab.faults.set("GET /user", new Array(500).fill(fault));
    const world = {
      fetch,
      now: () => new Date(),
      signal: new AbortController().signal,
    };
    const patience = {
      requestMs: 2000,
      totalMs: 20,
      pauseMs: 1,
      longestPauseMs: 4,
    };
    const client = createClient(world, {
      apiUrl: gitlab.api,
      token: TOKEN,
      mergeRequest: { projectId: "10", iid: 7 },
      patience,
    });
    const error = await client.userId().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(GitlabError);
    expect(error).toMatchObject({ exitCode });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(
      TOKEN,
    );
    expect(JSON.stringify(error)).not.toContain(TOKEN);
  });
});
