import type { CheckName } from "../../../src/validate/checks/registry.ts";
import type { ModelInput, NodeInput } from "../../support/onnx-writer.ts";

/** A change of the dense network, and for a wrong one the check that must find it. */
export interface Mutation {
  title: string;
  change: (model: ModelInput) => ModelInput;
  found?: CheckName;
}

export const node = (
  op: string,
  inputs: string[],
  output: string,
  more: Partial<NodeInput> = {},
): NodeInput => ({
  op,
  inputs,
  outputs: [output],
  ...more,
});

/** Nodes after the network's own, which then gives `before` instead of `y`. */
export const after =
  (nodes: NodeInput[], weights: ModelInput["weights"] = {}) =>
  (model: ModelInput): ModelInput => ({
    ...model,
    nodes: [
      ...model.nodes.map((each) => ({
        ...each,
        outputs: each.outputs.map((name) => (name === "y" ? "before" : name)),
      })),
      ...nodes,
    ],
    weights: { ...model.weights, ...weights },
  });

/** Replaces the n-th node. */
export const replace =
  (at: number, nodes: NodeInput[], weights: ModelInput["weights"] = {}) =>
  (model: ModelInput): ModelInput => ({
    ...model,
    nodes: model.nodes.toSpliced(at, 1, ...nodes),
    weights: { ...model.weights, ...weights },
  });

/** Changes the values of a weight. */
export const reweigh =
  (
    name: string,
    change: (value: number, at: number, all: ArrayLike<number>) => number,
  ) =>
  (model: ModelInput): ModelInput => {
    const weight = model.weights?.[name];
    if (!weight) throw new Error(`no weight ${name}`);
    const values = Array.from(weight.values, (value, at) =>
      change(value, at, weight.values),
    );
    return {
      ...model,
      weights: { ...model.weights, [name]: { ...weight, values } },
    };
  };

export const only =
  (chosen: number, change: (value: number) => number) =>
  (value: number, at: number) =>
    at === chosen ? change(value) : value;
export const scalar = (value: number) => ({ dims: [1], values: [value] });
export const ints = (...values: number[]) => ({
  dims: [values.length],
  values,
  type: 7,
});
export const cast = (to: number) => ({ attributes: { to } });
export const renamed =
  (from: string, to: string) =>
  (model: ModelInput): ModelInput => {
    const text = JSON.stringify(model, (key, value) =>
      key === "values" ? Array.from(value) : value,
    );
    return JSON.parse(text.replaceAll(`"${from}"`, `"${to}"`));
  };

/** Rounds to 11 or 8 bits, as half floats and bfloat16 do. */
export function rounded(value: number, bits: number): number {
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - bits + 1);
  return Math.round(value / unit) * unit;
}

export const noise = (scale: number) =>
  after([
    node("RandomNormalLike", ["before"], "noise", {
      name: "forgotten",
      attributes: { scale: { float: scale } },
    }),
    node("Add", ["before", "noise"], "y"),
  ]);
