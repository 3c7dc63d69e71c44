import { STRICT } from "../../src/config/policy.ts";
import type { Plan, PlannedModel } from "../../src/plan/plan.ts";

/** A model that a plan converts. */
export function plannedModel(change: Partial<PlannedModel> = {}): PlannedModel {
  return {
    name: "det",
    decision: "convert",
    engine: "toy",
    device: "auto",
    folder: "model/det",
    files: [],
    options: {},
    allow: { missing: [], unexpected: [] },
    policy: STRICT,
    fingerprint: null,
    published: null,
    author: { key: null, user: null, counts: true, doubt: null },
    stray: [],
    altered: [],
    failure: null,
    ...change,
  };
}

/** The plan of a local run over a folder store, which publishes nothing. */
export function samplePlan(change: Partial<Plan> = {}): Plan {
  return {
    kind: "plan",
    version: 2,
    source: {
      kind: "local",
      git_ref: null,
      git_sha: null,
      project: null,
      merge_request: null,
      pipeline_url: null,
      job_url: null,
    },
    skipped: null,
    store: {
      url: "file:///store",
      branch: "main",
      snapshot: "sha256-1",
      model_path: "model",
      edge_path: "edge",
    },
    draft: null,
    publish: "none",
    withheld: null,
    fail_on: "fail",
    force: false,
    gone: [],
    notices: [],
    models: [plannedModel()],
    ...change,
  };
}
