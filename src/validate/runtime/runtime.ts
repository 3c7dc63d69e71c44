import type { Tolerance } from "../../config/policy.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import { type Branches, createBranches } from "../branches/branches.ts";
import { createFunctions, type Functions } from "../functions/functions.ts";
import {
  createUnoptimised,
  type Unoptimised,
} from "../intermediate/unoptimised.ts";
import { createSpelled, type Spelled } from "../recurrent/spelled.ts";
import { createWeights, type Weights } from "../weights/weights.ts";
import { type Budget, createBudget } from "./budget.ts";
import type { InsideSource } from "./inside.ts";
import { type Level, type LoadedModel, loadModel } from "./onnx-runtime.ts";
import type { LostProbes } from "./probes.ts";
import { createReferenceSet, type ReferenceSet } from "./reference-set.ts";
import { createSession, type Session } from "./session.ts";
import type { Watch } from "./watch.ts";

/** What checks that run the model share. */
export interface Runtime {
  session: Session;
  /** The model without optimisation, and tensors inside of its graph. */
  unoptimised: Unoptimised;
  /** Functions inside of its graph, each by itself. */
  functions: Functions;
  /** Which branches of its graph the references take. */
  branches: Branches;
  /** Weights that its file stores. */
  weights: Weights;
  /** The model with its recurrent layers as plain operators. */
  spelled: Spelled;
  references: ReferenceSet;
  budget: Budget;
  /** Of processes before this one. */
  lostProbes: LostProbes;
  close(): Promise<void>;
}

/** What a runtime is made from. */
export interface RuntimeRequest {
  /** Path of the ONNX file. */
  model: string;
  /** Path of `references.safetensors`, null where there is none. */
  references: string | null;
  tolerance: Tolerance;
  graph: OnnxModel;
  /** Size of the model with its external data. */
  bytes: number;
  /** A folder for a copy of the model; who gives it removes it. */
  scratch: string;
  watch: Watch;
  lostProbes?: LostProbes;
  /** Loads a file into ONNX Runtime; into a thread of its own, where checks run side by side. */
  open?: (file: string, level: Level) => Promise<LoadedModel>;
}

export function createRuntime({
  model,
  references: path,
  tolerance,
  graph,
  bytes,
  scratch,
  watch,
  lostProbes = [],
  open = loadModel,
}: RuntimeRequest): Runtime {
  const budget = createBudget(bytes);
  const references = createReferenceSet(path, budget, watch);
  const session = createSession({
    ...{ references, budget, watch },
    open: () => open(model, "all"),
  });
  const inside: InsideSource = {
    ...{ model, graph, scratch, references, watch },
    open: (file) => open(file, "disabled"),
  };
  const unoptimised = createUnoptimised({ ...inside, tolerance, budget });
  const spelled = createSpelled({ model, graph, scratch, references, watch });

  return {
    session,
    unoptimised,
    functions: createFunctions(inside),
    branches: createBranches(inside),
    weights: createWeights(model, references),
    spelled,
    references,
    budget,
    lostProbes,
    async close() {
      await session.close();
      await references.close();
    },
  };
}
