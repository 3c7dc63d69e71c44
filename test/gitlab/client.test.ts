import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ExternalError } from "../../src/errors.ts";
import { createClient } from "../../src/gitlab/client.ts";
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
    ],
    ["the server refuses", { status: 403, body: { message: "403 Forbidden" } }],
    ["the connection is cut", { status: 0, cut: "before" as const }],
  ])("never show the token where %s", async (_, fault) => {
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
    expect(error).toBeInstanceOf(ExternalError);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(
      TOKEN,
    );
    expect(JSON.stringify(error)).not.toContain(TOKEN);
  });
});
