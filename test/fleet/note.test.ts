import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startFakeGitlab } from "../support/fake-gitlab.ts";
import { CHEAP, makeFleetStore } from "./fleet-store.ts";
import { convertBatches, fleetSteps } from "./steps.ts";

const REQUEST = {
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_MERGE_REQUEST_IID: "7",
  CI_MERGE_REQUEST_PROJECT_ID: "10",
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/new",
  CI_PROJECT_ID: "10",
  MODEL_TO_EDGE_TOKEN: "glpat-our-secret-token",
  MODEL_TO_EDGE_NOTE_NAME: "left-fleet",
};

it("a fleet has one note, of the plan where that fails, else of the report", async () => {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  const gitlab = await startFakeGitlab();
  onTestFinished(async () => {
    rmSync(root, { recursive: true, force: true });
    await gitlab.close();
  });
  const env = { ...REQUEST, CI_API_V4_URL: gitlab.api };
  const steps = fleetSteps({
    ...makeFleetStore(root, { a: {} }, CHEAP),
    env,
  });
  const bodies = () => gitlab.notes.map(({ body }) => body);

  expect((await steps.plan("--models", "nobody")).code).toBe(2);
  expect(bodies()).toEqual([expect.stringContaining("nobody")]);

  await convertBatches(steps, { jobs: 1 });
  const early = await steps.report();
  expect(early.code).toBe(2);
  expect(bodies()).toEqual([expect.stringContaining("publication.json")]);

  expect((await steps.publish()).code).toBe(0);
  expect((await steps.report()).code).toBe(0);
  expect(bodies()).toEqual([expect.stringContaining("may ship")]);
});
