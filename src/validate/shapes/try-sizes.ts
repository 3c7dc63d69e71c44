import type { OnnxModel } from "../../onnx/model.ts";
import type { Try } from "../evidence/shape-tries.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type Base, outputProblem } from "./output-problem.ts";
import { sizesText } from "./size-text.ts";

/** With what sizes are tried. */
export interface Trial {
  graph: OnnxModel;
  runtime: Runtime;
  from: Base;
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
  { graph, runtime, from, isProbe = false }: Trial,
  { sizes, inputs }: Pick<Try, "sizes" | "inputs">,
): Promise<Outcome> {
  const { session } = runtime;
  const what = sizesText(sizes);
  const outputs = await (isProbe
    ? session.probe(what, inputs)
    : session.run(what, inputs)
  ).catch(ortMessage);
  if (typeof outputs === "string")
    return { is: "refused", problem: `ONNX Runtime fails: ${outputs}` };

  const problem = outputProblem(graph, from, sizes, outputs);

  return problem ? { is: "wrong", problem } : { is: "right" };
}
