import type { ModelInput } from "../../support/onnx-writer.ts";
import { ints, type Mutation, node, scalar } from "./edits.ts";

const weigh =
  (name: string, weight: { dims: number[]; values: number[]; type?: number }) =>
  (model: ModelInput) => ({
    ...model,
    weights: { ...model.weights, [name]: weight },
  });
/** A weight as the value of a `Constant` node. */
const asNode = (name: string) => (model: ModelInput) => {
  const { [name]: weight, ...weights } = model.weights ?? {};
  const constant = weight
    ? [node("Constant", [], name, { attributes: { value: weight } })]
    : [];
  return { ...model, weights, nodes: [...constant, ...model.nodes] };
};

/** What no reference reaches: only the contract knows it. */
export const WRONG_BAKED: Mutation[] = [
  {
    title: "another overlap at which boxes are suppressed",
    change: weigh("nms_iou", scalar(0.5)),
    found: "contract",
  },
  {
    title: "the same in a Constant node",
    change: (model) => asNode("nms_iou")(weigh("nms_iou", scalar(0.7))(model)),
    found: "contract",
  },
  {
    title: "another score below which boxes are dropped",
    change: weigh("score_thr", scalar(0.04)),
    found: "contract",
  },
  {
    title: "fewer boxes of a class",
    change: weigh("most", ints(100)),
    found: "contract",
  },
  {
    title: "fewer boxes before the suppression",
    change: weigh("pre_topk", ints(50)),
    found: "contract",
  },
  {
    title: "fewer boxes after the suppression",
    change: weigh("max_k", ints(20)),
    found: "contract",
  },
];

export const HARMLESS_BAKED: Mutation[] = [
  { title: "nothing changed", change: (model) => model },
  {
    title: "the thresholds as Constant nodes",
    change: (model) => asNode("nms_iou")(asNode("score_thr")(model)),
  },
  {
    title: "the numbers of boxes as scalars by way of Identity",
    change: (model) => ({
      ...weigh("k0", ints(100))(model),
      nodes: [node("Identity", ["k0"], "max_k"), ...model.nodes],
      weights: Object.fromEntries(
        Object.entries({ ...model.weights, k0: ints(100) }).filter(
          ([name]) => name !== "max_k",
        ),
      ),
    }),
  },
];
