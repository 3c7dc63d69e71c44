import type { Failure } from "../errors.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import type { PlannedModel } from "../plan/plan.ts";
import type { StoredFile } from "../store/store.ts";

/** `models/<name>/conversion.json`: what was done for one model, vouched for by the runner. */
export interface Conversion {
  kind: "conversion";
  version: 1;
  name: string;
  engine: string;
  status: "converted" | "unchanged" | "failed" | "skipped";
  fingerprint: Fingerprint | null;
  inputs: StoredFile[];
  /** Files of `models/<name>/files/`; place says where each is published. */
  files: {
    path: string;
    place: "edge" | "evidence";
    size: number;
    sha256: string;
  }[];
  /** What lies in the draft, by its path in the store; empty when red or not publishable. */
  staged: StoredFile[];
  environment: Record<string, unknown>;
  /** The rung of the ladder that was reached: `bubblewrap`, `uid`, `none`; "" where no engine ran. */
  isolation: string;
  /** Seconds by stage. */
  timings: Record<string, number>;
  warnings: string[];
  failure: Failure | null;
}

/** What is known before anything was done. */
export function emptyConversion(model: PlannedModel): Conversion {
  return {
    kind: "conversion",
    version: 1,
    name: model.name,
    engine: model.engine,
    status: model.decision === "unchanged" ? "unchanged" : "failed",
    fingerprint: model.fingerprint,
    inputs: [],
    files: [],
    staged: [],
    environment: {},
    isolation: "",
    timings: {},
    warnings: [],
    failure: model.failure,
  };
}
