import type { Conversion } from "../convert/conversion.ts";
import type { Verdict } from "../validate/verdict.ts";
import type { SummaryModel } from "./summary.ts";

/** All that is known about one model of a run. */
export interface ReportModel {
  summary: SummaryModel;
  conversion: Conversion | null;
  verdict: Verdict | null;
  previews: readonly Preview[];
  /** Class names by label, from the contract; empty where unknown. */
  classes: readonly string[];
}

/** The picture of one case: the pixels of the input tensor. */
export interface Preview {
  case: string;
  png: Uint8Array;
}
