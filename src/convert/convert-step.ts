import type { Engine } from "../engine/catalogue.ts";
import type { EngineEnvironment } from "../engine/environment.ts";
import type { Isolation } from "../engine/isolation-level.ts";
import { branchPaths, type ModelPlaces, placesOf } from "../model/layout.ts";
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

/** What all models of a run have in common. */
export interface ConvertStep {
  plan: Plan;
  planId: string;
  snapshot: Snapshot;
  /** Null where nothing may be published. */
  draft: Draft | null;
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
