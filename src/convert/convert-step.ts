import type { Engine } from "../engine/catalogue.ts";
import type { EngineEnvironment } from "../engine/environment.ts";
import type { Isolation } from "../engine/isolation-level.ts";
import { branchPaths, type ModelPlaces, placesOf } from "../model/layout.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Plan, PlannedModel } from "../plan/plan.ts";
import type { Draft, Snapshot } from "../store/store.ts";
import type { Verdict } from "../validate/verdict.ts";
import type { Conversion } from "./conversion.ts";
import type { ModelFolders } from "./workspace.ts";

/** An engine, what its bytes depend on, and where its Python is. */
export interface ReadyEngine extends Engine {
  recipe: string;
  environment: EngineEnvironment;
}

/** A conversion that another job finished and did not publish, as it lies in the draft that stayed. */
export interface LeftConversion {
  manifest: Manifest;
  snapshot: Snapshot;
  /** The draft's name. */
  draft: string;
}

/** Conversions that lost jobs left, found again by what their bytes depend on. */
export interface LeftConversions {
  /** Null where there is none for these inputs, or nobody vouches for it. Never a failure. */
  find(model: PlannedModel): Promise<LeftConversion | null>;
  /** Makes what was staged for a model findable for a job after this one, and part of a draft that several jobs fill. */
  keep(conversion: Conversion, verdict: Verdict): Promise<void>;
  /** A commit of the draft takes in all that lies there: one model after the other. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

/** What all models of a run have in common. */
export interface ConvertStep {
  plan: Plan;
  planId: string;
  /** Of ten thousand models that are unchanged only the light part stays in memory: see `Shelf`. */
  keep(conversion: Conversion): Conversion;
  snapshot: Snapshot;
  /** Null where nothing may be published. */
  draft: Draft | null;
  /** Null where nothing is kept for another job. */
  left: LeftConversions | null;
  out: string;
  /** A folder of the runner's own, where models are converted. */
  place: string;
  engines: readonly ReadyEngine[];
  /** Null where no model is to be converted. */
  isolation: Isolation | null;
  image: string | null;
  /** Milliseconds left for the run. */
  timeLeft(): number;
  /** Where people find the files afterwards; absent: where they are published. */
  shownPlaces?: ((folders: ModelFolders) => ShownPlaces) | undefined;
  /** Writes `report.html` of the model into its evidence, before it is staged. */
  writeModelPage(
    folders: ModelFolders,
    verdict: Verdict,
    conversion: Conversion,
  ): Promise<void>;
}

export type ShownPlaces = Pick<ModelPlaces, "edge" | "evidence">;

/** Where the model lies in the branch once it is published. */
export function publishedPlaces(
  { plan }: Pick<ConvertStep, "plan">,
  { name }: Pick<PlannedModel, "name">,
): ModelPlaces {
  const { model_path, edge_path } = plan.store;
  return placesOf(name, branchPaths(model_path, edge_path));
}
