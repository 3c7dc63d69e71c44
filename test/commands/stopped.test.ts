import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { waitUntil } from "../child/children.ts";
import { folderWorld } from "../land/folder-world.ts";
import { CONFIG, GOOD } from "../land/story.ts";
import { startFakeGitlab } from "../support/fake-gitlab.ts";
import { toyStore } from "../support/toy-store.ts";

const BUSY = { status: 429, headers: { "retry-after": "2" } };

it("a run that is stopped after its publication says in log and reports what stands", async () => {
  const gitlab = await startFakeGitlab();
  gitlab.faults.set("GET /user", new Array(100).fill(BUSY));
  const store = toyStore();
  const run = await store
    .run([], {
      env: {
        GITLAB_CI: "true",
        CI_API_V4_URL: gitlab.api,
        CI_PROJECT_ID: "10",
        CI_PIPELINE_SOURCE: "merge_request_event",
        CI_MERGE_REQUEST_IID: "7",
        CI_MERGE_REQUEST_PROJECT_ID: "10",
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "main",
        MODEL_TO_EDGE_TOKEN: "glpat-our-secret-token",
      },
      started: (child) =>
        void waitUntil(() => gitlab.calls.includes("GET /user")).then(() =>
          child.kill("SIGTERM"),
        ),
    })
    .finally(() => gitlab.close());

  const stands = /published det on branch main, commit \S+/;
  const report = (name: string) =>
    readFileSync(join(store.cwd, "model-to-edge-out/report", name), "utf8");
  expect(run.code).toBe(3);
  expect(run.stdout).toMatch(/stopped by SIGTERM/);
  expect(run.stdout).toMatch(new RegExp(`so far: ${stands.source}`));
  expect(run.stdout).not.toContain("nothing was published");
  expect(report("junit.xml")).toMatch(stands);
  expect(report("note.md")).toMatch(/Published det on branch/);
  expect(report("note.md")).not.toContain("Not published");
  expect(store.exists("edge/det/manifest.json")).toBe(true);
});

it("a landing that is stopped before its note says what it landed", async () => {
  const at = await folderWorld();
  onTestFinished(() => at.close());
  at.write("better", {
    "model/det/model.json": CONFIG,
    "model/det/toy.weights": GOOD(1),
  });
  at.write("main", { "model/.keep": "" });
  await at.run("better");

  const commit = at.story.merge("better", 7);
  let land: ChildProcess | null = null;
  at.gitlab.onCall = async (call) => {
    if (!call.includes("/notes")) return;
    land?.kill("SIGTERM");
    await sleep(1000);
  };
  const run = await at.story.land(commit, [], {}, (child) => {
    land = child;
  });

  const stands = /so far: on branch main: !7 landed in commit \S+/;
  expect(run.code).toBe(3);
  expect(run.stdout).toMatch(stands);
  expect(run.report("junit.xml")).toMatch(stands);
  expect(run.report("note.md")).not.toContain("Not published");
});
