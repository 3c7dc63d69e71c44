import type { OutputReport } from "../validate/output-report.ts";
import type { Change } from "../version/change.ts";
import type { ModelChange } from "../version/compare-models.ts";
import type { OperatorChange } from "../version/compare-operators.ts";

/** What `model-to-edge diff --json` prints: two models, and what changed from the first to the second. */
export interface ModelDiff {
  kind: "model-diff";
  version: 1;
  was: DiffedModel;
  is: DiffedModel;
  level: ModelChange["level"];
  changes: { level: Change["level"]; text: string }[];
  operators: OperatorChange[];
  numbers: ComparedNumbers | { status: "not-compared"; why: string };
  /** Path of the page with pictures; null without `--out`. */
  page: string | null;
}

export interface DiffedModel {
  /** As it was written on the command line. */
  place: string;
  /** The commit or the version that it was; null of a folder. */
  at: string | null;
  /** Name of the ONNX file. */
  model: string;
  /** Bytes of the graph and its weights. */
  size: number;
  /** Every file has the sha256 of a manifest; false: the folder has none. */
  hashed: boolean;
}

export interface ComparedNumbers {
  status: "compared";
  /** Whose inputs were run: "references of WAS". */
  inputs: string;
  /** Names of the cases. */
  cases: string[];
  outputs: ComparedOutput[];
  /** Outputs that only one of them has. */
  only: { was: string[]; is: string[] };
  /** Null where it is not a detector. */
  detections: { was: number; is: number; matched: number } | null;
}

/** An output of both, over all cases. `source` of the worst element is the first model, `onnx` the second. */
export type ComparedOutput = Pick<
  OutputReport,
  "name" | "dtype" | "values" | "max_abs" | "range" | "sqnr_db"
> & {
  /** Of integers: the part that is equal; null of floats. */
  agreement: number | null;
  worst: { case: string; index: number[]; was: unknown; is: unknown } | null;
  /** Why there are no numbers; null where there are. */
  problem: string | null;
};
