import type { Author } from "../attest/author.ts";
import type { OutputLimits } from "../config/output-limits.ts";
import type { Policy } from "../config/policy.ts";
import type { Failure } from "../errors.ts";
import type { Source } from "../gitlab/source.ts";
import type { Lineage } from "../lineage.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import type { GitCode } from "../model/git-code.ts";
import type { Manifest } from "../model/manifest.ts";
import type { DraftRef, StoreObject } from "../store/store.ts";
import type { Span } from "../timeline.ts";

/** `plan.json`: which models to convert. Made by `plan`, read by `convert` and `publish`. */
export interface Plan {
  kind: "plan";
  version: 2;
  source: Source;
  /** Why there is nothing to do (no data branch, no models selected), else null. */
  skipped: string | null;
  store: {
    url: string;
    branch: string;
    snapshot: string;
    model_path: string;
    edge_path: string;
  };
  /** Null where nothing may be published. */
  draft: DraftRef | null;
  publish: "all" | "passed" | "none";
  /** Why a wanted publication is not allowed, else null. */
  withheld: string | null;
  fail_on: "fail" | "warn";
  /** Convert also what is unchanged. */
  force: boolean;
  /** Published models whose folder left `model/`. */
  gone: Manifest[];
  /** Lines that a reader of the report must know: exceptions, stale models. */
  notices: string[];
  models: PlannedModel[];
  /** Queue, set-up and plan on the clock; absent: nobody measured. */
  timeline?: Span[];
}

export interface PlannedModel {
  name: string;
  /** `recheck`: only what is asked of the published bytes changed; `refused`: see `failure`. */
  decision: "convert" | "recheck" | "unchanged" | "refused";
  engine: string;
  device: string;
  /** Store path of the model's folder, without a `/` at the end. */
  folder: string;
  files: PlannedFile[];
  /** Code that comes from Git; absent: it is among the files. */
  code?: GitCode;
  /** What it was trained from; absent: nobody says it. */
  lineage?: Lineage;
  options: Record<string, unknown>;
  allow: { missing: string[]; unexpected: string[] };
  policy: Policy;
  /** What the engine's process may leave, where Git says other limits than the usual ones. */
  limits?: Partial<OutputLimits>;
  /** Null while a file's sha256 is unknown: `convert` closes it while downloading. */
  fingerprint: Fingerprint | null;
  /** The manifest that is published now; null also where its author is not trusted: it counts for nothing then. */
  published: Manifest | null;
  /** Who vouches for it. */
  author: Author;
  /** ONNX files in its published folder that nobody proved: they are gone with its next publication. */
  stray: string[];
  /** Published files that are gone, or not what the manifest lists: they are put back by its next publication. */
  altered: string[];
  failure: Failure | null;
  /** What its last published conversion took, with the checks; absent: not known, or not to be converted. */
  seconds?: number;
}

export interface PlannedFile extends StoreObject {
  role: string;
  /** Known where the published manifest has an equal token. */
  sha256: string | null;
}
