import type { Witnesses } from "../attest/author.ts";
import type { ConfigLayer } from "../config/model-settings.ts";
import type { Settings } from "../config/settings.ts";
import type { Source } from "../gitlab/source.ts";
import type { PlanEngine } from "./choose-engine.ts";
import type { FindCode } from "./code-folder.ts";
import type { PlannedModel } from "./plan.ts";

/** What a plan of one branch is made from, beside the branch itself. */
export interface PlanQuestion {
  settings: Settings;
  source: Source;
  branch: string;
  /** Commit to plan, where it is not the newest one. */
  at?: string;
  /** The same, but what is published is read from the newest one: the edge models of a pinned commit come after it. */
  pinned?: string | null;
  /** Why nothing may be published, else null. */
  withheld: string | null;
  engines: readonly PlanEngine[];
  /** `conversion.yaml` of the Git repository. */
  repository: ConfigLayer | null;
  /** How models find their code in Git; null: it comes from the store. */
  code: FindCode | null;
  /** The image that converts with an engine, where it is named by its digest. */
  imageOf(engine: string): string | null;
  checks: string;
  /** Of ten thousand unchanged models only the light part stays in memory: see `Shelf`. */
  keep(model: PlannedModel): PlannedModel;
  /** Who is asked about the authors of what is published. */
  witnesses: Witnesses;
  /** Where published files are put to be hashed; null where the store's word of them is enough for now. */
  proofFolder: string | null;
  /** For the draft's name: `unique` is at least 8 hex digits. */
  draft: { owner: string; now: Date; unique: string };
}
