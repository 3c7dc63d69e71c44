import { type Dataflow, dataflowOf } from "../onnx/dataflow.ts";
import type { OnnxModel, OnnxNode } from "../onnx/model.ts";

/** Operators that draw numbers. */
const RANDOM = new Set([
  ...["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"],
  ...["Bernoulli", "Multinomial"],
]);

/** Before this opset a `Dropout` hands its input on, whatever it says. */
const TRAINING_MODE_SINCE = 12;

/**
 * Nodes that draw random numbers: two runs of one input differ, or would with another seed. A `Dropout` draws in training
 * mode (its third input), however small its ratio; where its mode is computed, it may.
 */
export function randomNodes(graph: OnnxModel): OnnxNode[] {
  const standard = graph.nodes.filter(({ domain }) => domain === "");
  const hasMode = (graph.opsets[""] ?? 0) >= TRAINING_MODE_SINCE;
  const isDropout = ({ op }: OnnxNode) => op === "Dropout" && hasMode;
  const flow = standard.some(isDropout) ? dataflowOf(graph) : null;

  return standard.filter(
    (node) =>
      RANDOM.has(node.op) || (flow && isDropout(node) && mayTrain(node, flow)),
  );
}

function mayTrain({ inputs, scope }: OnnxNode, flow: Dataflow): boolean {
  const mode = inputs[2] ?? "";
  if (mode === "") return false;

  return flow.constantOf(mode, scope)?.every((value) => value === 0) !== true;
}
