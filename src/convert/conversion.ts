import { type Decision, decide, type Found } from "../decision.ts";
import type { Failure } from "../errors.ts";
import type { Lineage } from "../lineage.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import type { GitCode } from "../model/git-code.ts";
import type { Plan, PlannedModel } from "../plan/plan.ts";
import type { StoredFile } from "../store/store.ts";
import type { Span } from "../timeline.ts";

/** `models/<name>/conversion.json`: what was done for one model, vouched for by the runner. */
export interface Conversion extends Decision {
  kind: "conversion";
  version: 2;
  /** The plan that it follows, see `planId`. */
  plan?: string;
  name: string;
  engine: string;
  /** `rechecked`: nothing was converted, what is published was checked again. */
  status: "converted" | "rechecked" | "unchanged" | "failed" | "skipped";
  fingerprint: Fingerprint | null;
  inputs: StoredFile[];
  /** Where the code came from; absent: from the store, among the inputs. */
  code?: GitCode;
  /** What it was trained from; absent: nobody says it. */
  lineage?: Lineage;
  /** Files of `models/<name>/files/`; place says where each is published. */
  files: {
    path: string;
    place: "edge" | "evidence";
    size: number;
    sha256: string;
  }[];
  /** What lies in the draft, by its path in the store; empty when red or not publishable. */
  staged: StoredFile[];
  /** sha256 of `performance.json`; absent: nothing was measured. */
  performance?: string;
  environment: Record<string, unknown>;
  /** The rung of the ladder that was reached: `bubblewrap`, `uid`, `none`; "" where no engine ran. */
  isolation: string;
  /** Seconds by stage. */
  timings: Record<string, number>;
  /** The same steps on the clock, the engine's own stages among them; absent: nothing was done. */
  timeline?: Span[];
  warnings: string[];
  failure: Failure | null;
}

/**
 * What is known before anything was done: of a model that is unchanged, the decision from its published verdict; of
 * one that was refused, its failure. `id` is that of the whole plan.
 */
export function emptyConversion(
  model: PlannedModel,
  plan: Pick<Plan, "fail_on">,
  id: string,
): Conversion {
  const reused =
    model.decision === "unchanged" ? (model.published?.verdict ?? null) : null;

  return {
    kind: "conversion",
    version: 2,
    plan: id,
    name: model.name,
    engine: model.engine,
    status: model.decision === "unchanged" ? "unchanged" : "failed",
    fingerprint: model.fingerprint,
    inputs: [],
    ...(model.code ? { code: model.code } : {}),
    ...(model.lineage ? { lineage: model.lineage } : {}),
    files: [],
    staged: [],
    environment: {},
    isolation: "",
    timings: {},
    warnings: [],
    failure: model.failure,
    ...decisionOf(model, plan, { found: reused, failure: model.failure }),
  };
}

/** May the model ship: from what was found or what failed, and what its policy and the plan say. */
export function decisionOf(
  model: PlannedModel,
  plan: Pick<Plan, "fail_on">,
  result: { found: Found | null; failure: Failure | null },
): Decision {
  const exceptions = model.policy.loosened;
  return decide({ ...result, failOn: plan.fail_on, exceptions });
}
