import type { Context } from "../context.ts";
import { type Failure, UsageError } from "../errors.ts";
import type { PlannedModel } from "../plan/plan.ts";
import type { Validation } from "../validate/validate-folder.ts";
import { type Conversion, decisionOf } from "./conversion.ts";
import type {
  ConvertStep,
  LeftConversion,
  ReadyEngine,
} from "./convert-step.ts";
import type { Turn } from "./turns.ts";
import type { ModelFolders } from "./workspace.ts";

/** What is known of a model between two stages. A stage returns a new one and changes none. */
export interface Progress {
  /** As planned; after the download with each file's sha256 and the closed fingerprint. */
  readonly model: PlannedModel;
  readonly conversion: Conversion;
  readonly validation: Validation | null;
  /** What another job converted, in place of the engine's work; absent: what is checked again is what is published. */
  readonly left?: LeftConversion;
  /** No further stage is wanted. */
  readonly ended: boolean;
}

/** Where a stage works. */
export interface Workplace {
  ctx: Context;
  step: ConvertStep;
  folders: ModelFolders;
  /** What is downloaded, and what the engine writes: gone afterwards. */
  work: string;
  turn: Turn;
}

/** The model cannot be converted: the way ends here. */
export function failed(
  { step }: Pick<Workplace, "step">,
  progress: Progress,
  failure: Failure,
): Progress {
  const conversion: Conversion = {
    ...progress.conversion,
    ...decisionOf(progress.model, step.plan, { found: null, failure }),
    status: "failed",
    failure,
  };

  return { ...progress, conversion, ended: true };
}

/** Throws `UsageError` where the plan names an engine that this machine does not have. */
export function engineOf(
  { engines }: Pick<ConvertStep, "engines">,
  { engine: name }: Pick<PlannedModel, "engine">,
): ReadyEngine {
  const engine = engines.find((candidate) => candidate.name === name);
  if (engine) return engine;

  throw new UsageError(`engine ${name} is not available here`, {
    code: "engine-unknown",
    hint: "name an engine that `model-to-edge engine list` lists",
  });
}
