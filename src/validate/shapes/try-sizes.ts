import type { OnnxModel } from "../../onnx/model.ts";
import type { Sizes, Try } from "../evidence/shape-tries.ts";
import type { Feeds } from "../evidence/tensor.ts";
import type { RepeatedRow } from "../metamorphic/repeated-row.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type Base, outputProblem } from "./output-problem.ts";
import { sizesText } from "./size-text.ts";

/** With what sizes are tried. */
export interface Trial {
  graph: OnnxModel;
  runtime: Runtime;
  from: Base;
  /** Tried in place of the base case's rows where its batch is. */
  repeated?: RepeatedRow | null;
  /** Far beyond the references: what ends the process there says nothing against the model. */
  isProbe?: boolean;
}

/** It runs and gives what it must, it gives something else, or ONNX Runtime refuses it. */
export type Outcome =
  | { is: "right" }
  | { is: "wrong"; problem: string }
  | { is: "refused"; problem: string };

/** Runs the model once at these sizes. */
export async function trySizes(
  trial: Trial,
  { sizes, inputs }: Pick<Try, "sizes" | "inputs">,
): Promise<Outcome> {
  const { session } = trial.runtime;
  const what = sizesText(sizes);

  return outcomeOf(
    trial,
    sizes,
    await (trial.isProbe
      ? session.probe(what, inputs)
      : session.run(what, inputs)
    ).catch(ortMessage),
  );
}

/** The same with a row that another check needs as often: run once for both. */
export async function tryRepeated(
  trial: Trial,
  sizes: Sizes,
  { called, feeds, row, given }: RepeatedRow,
): Promise<Outcome> {
  const from: Base = { ...trial.from, base: row, whole: given };

  return outcomeOf(
    { ...trial, from },
    sizes,
    await trial.runtime.session.runOnce(called, feeds).catch(ortMessage),
  );
}

function outcomeOf(
  { graph, from }: Trial,
  sizes: Sizes,
  outputs: Feeds | string,
): Outcome {
  if (typeof outputs === "string")
    return { is: "refused", problem: `ONNX Runtime fails: ${outputs}` };

  const problem = outputProblem(graph, from, sizes, outputs);

  return problem ? { is: "wrong", problem } : { is: "right" };
}
