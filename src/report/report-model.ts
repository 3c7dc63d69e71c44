import type { Conversion } from "../convert/conversion.ts";
import type { Contract } from "../validate/contract/contract.ts";
import type { Performance } from "../validate/performance/measurement.ts";
import type { Verdict } from "../validate/verdict.ts";
import type { SummaryModel } from "./summary.ts";

/** All that is known about one model of a run. */
export interface ReportModel {
  summary: SummaryModel;
  conversion: Conversion | null;
  verdict: Verdict | null;
  previews: readonly Preview[];
  /** What a device's program relies on; null where the model has none that can be read. */
  contract: Contract | null;
  /** Null where nothing was measured. */
  performance: Performance | null;
  /** Of an unchanged model: its published page. */
  published: PublishedPage | null;
}

/** Where a reader finds the page that was published with a model. */
export interface PublishedPage {
  /** Of a copy beside the run's page: its path from there; null where there is none. */
  copy: string | null;
  /** Address in the store; null where it has none. */
  url: string | null;
  /** Path in the store. */
  path: string;
}

/** The picture of one case: the pixels of the input tensor. */
export interface Preview {
  case: string;
  png: Uint8Array;
}
