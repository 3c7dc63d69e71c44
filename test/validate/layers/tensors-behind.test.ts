import { expect, test } from "vitest";
import type { OnnxModel, OnnxNode } from "../../../src/onnx/model.ts";
import {
  approximateTensors,
  chosenTensors,
} from "../../../src/validate/layers/tensors-behind.ts";

const node = (
  op: string,
  inputs: string[],
  outputs: string[],
  scope = "",
): OnnxNode => ({ op, domain: "", name: op, scope, inputs, outputs });
const graphOf = (nodes: OnnxNode[]) =>
  ({
    ...{ nodes, initializers: [{ name: "stride" }], functions: [] },
  }) as unknown as OnnxModel;
const behind = (...nodes: OnnxNode[]) =>
  [...chosenTensors(graphOf(nodes))].sort();

test("what comes behind a top-k, in whatever order the nodes stand", () => {
  expect(
    behind(
      node("Gather", ["x", "places"], ["rows"]),
      node("TopK", ["x", "k"], ["values", "places"]),
      node("Relu", ["x"], ["y"]),
    ),
  ).toEqual(["places", "rows", "values"]);
});

test("a size is none of it", () => {
  expect(
    behind(
      node("ArgMax", ["x"], ["class"]),
      node("Shape", ["class"], ["size"]),
      node("Reshape", ["x", "size"], ["y"]),
    ),
  ).toEqual(["class"]);
});

test("a length that is rounded chooses nothing, as that of a padding", () => {
  expect(
    behind(
      node("Shape", ["x"], ["shape"]),
      node("Constant", [], ["one"]),
      node("Gather", ["shape", "one"], ["length"]),
      node("Div", ["length", "stride"], ["steps"]),
      node("Ceil", ["steps"], ["whole"]),
      node("Pad", ["x", "whole"], ["y"]),
    ),
  ).toEqual([]);
});

test("a number that comes of values chooses, whatever sizes it is mixed with", () => {
  expect(
    behind(
      node("Shape", ["x"], ["shape"]),
      node("Mul", ["shape", "x"], ["steps"]),
      node("Ceil", ["steps"], ["whole"]),
    ),
  ).toEqual(["whole"]);
});

test("a branch that rounds makes what it gives one of these", () => {
  expect(
    behind(
      node("If", ["condition"], ["y"]),
      node("Round", ["x"], ["inside"], "If/then_branch"),
      node("Relu", ["y"], ["z"]),
    ),
  ).toEqual(["inside", "y", "z"]);
});

test("what comes behind a recurrent layer is approximate, and chosen by nobody", () => {
  const nodes = [
    node("MatMul", ["x", "w"], ["before"]),
    node("LSTM", ["before", "w", "r"], ["y", "last", "cell"]),
    node("Gemm", ["last"], ["score"]),
  ];
  const graph = graphOf(nodes);

  expect([...approximateTensors(graph)].sort()).toEqual([
    "cell",
    "last",
    "score",
    "y",
  ]);
  expect(chosenTensors(graph).size).toBe(0);
});
