import { describe, expect, test } from "vitest";
import type { OnnxModel, OnnxNode } from "../../../src/onnx/model.ts";
import {
  intermediateName,
  presentNames,
} from "../../../src/validate/intermediate/intermediate-names.ts";

const node = (inputs: string[], outputs: string[], scope = ""): OnnxNode => ({
  ...{ op: "Add", domain: "", name: "", scope, inputs, outputs },
});

function graph(nodes: OnnxNode[]): OnnxModel {
  const none = {
    opsets: {},
    inputs: [],
    initializers: [],
    metadata: {},
    functions: [],
    docStrings: [],
    constants: [],
  };
  return {
    ...none,
    irVersion: 8,
    producer: "",
    nodes,
    outputs: [{ name: "y", dtype: "float32", shape: null }],
  };
}

describe("inner tensors that the graph has", () => {
  const nodes = [
    node(["x"], ["a"]),
    node(["a"], ["y"]),
    node(["x"], ["dead"]),
    node(["x"], ["b"]),
  ];
  const branch = [
    node(["b"], ["inside"], "If_5/then_branch"),
    node(["inside"], ["other"], "If_5/then_branch"),
  ];

  test("are of the main graph, and an output depends on them", () => {
    const { present, absent } = presentNames(graph([...nodes, ...branch]), [
      "a",
      "b",
      "dead",
      "inside",
      "gone",
      "y",
    ]);
    expect(present).toEqual(["a", "b", "y"]);
    expect(absent).toEqual([
      { name: "dead", why: "no output of the graph depends on it" },
      { name: "inside", why: "the graph has no tensor of this name" },
      { name: "gone", why: "the graph has no tensor of this name" },
    ]);
  });

  test("a cycle ends", () => {
    expect(
      presentNames(graph([node(["y"], ["a"]), node(["a"], ["y"])]), ["a"])
        .present,
    ).toEqual(["a"]);
  });
});

test.each([
  [
    "raw.cls_scores.2",
    "the raw class scores of level 2 (raw.cls_scores.2)",
    true,
  ],
  [
    "raw.rpn.bbox_preds.0",
    "the raw box offsets of the proposals, level 0 (raw.rpn.bbox_preds.0)",
    true,
  ],
  ["raw.logits", "the raw class scores (raw.logits)", true],
  [
    "raw.objectnesses.1",
    "the raw objectness of level 1 (raw.objectnesses.1)",
    false,
  ],
  [
    "raw.mask_feats.0",
    "the raw mask feats of level 0 (raw.mask_feats.0)",
    true,
  ],
  ["nms.boxes", "the boxes before suppression (nms.boxes)", true],
  [
    "/head/Conv_output_0",
    "the tensor /head/Conv_output_0 inside the graph",
    false,
  ],
])("%s is called %s", (name, called, plural) => {
  expect(intermediateName(name)).toEqual({ name, called, plural });
});
