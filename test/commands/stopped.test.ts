import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { waitUntil } from "../child/children.ts";
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
