import { describe, expect, test } from "vitest";
import { levelFolder } from "../support/detector-levels.ts";
import type { ModelInput } from "../support/onnx-writer.ts";
import type { TensorValue } from "../support/references-writer.ts";
import { found, foundBy, hiddenFault } from "./behaviour-findings.ts";
import { node, renamed, scalar } from "./mutations/edits.ts";

/** The tensor is as it was, but nobody reads it: what is read instead is off. */
const bypassed =
  (name: string) =>
  (model: ModelInput): ModelInput => ({
    ...model,
    nodes: [
      ...model.nodes.flatMap((each) => [
        {
          ...each,
          inputs: each.inputs.map((input) =>
            input === name ? "other" : input,
          ),
        },
        ...(each.outputs.includes(name)
          ? [node("Add", [name, "off"], "other")]
          : []),
      ]),
    ],
    weights: { ...model.weights, off: scalar(0.01) },
  });
type References = Record<string, TensorValue>;
const change =
  (part: RegExp, values: (value: number, at: number) => number) =>
  (tensors: References): void => {
    for (const [name, tensor] of Object.entries(tensors))
      if (part.test(name))
        tensors[name] = {
          ...tensor,
          values: Array.from(tensor.values, values),
        };
  };

describe("heads that are not proved", () => {
  test("are a failure where the references have them, and the graph has them no longer", async () => {
    const { kind, message, outcome } = await found(
      levelFolder({ model: renamed("raw.cls_scores.1", "/head/Conv_1") }),
    );
    expect([kind, outcome]).toEqual(["unproven", "fail"]);
    expect(message).toContain(
      "the heads before the outputs were not compared: the raw class scores of level 1 (raw.cls_scores.1): the graph has no tensor of this name",
    );
  });

  test("are named where the engine could not give them, with its reason", async () => {
    const leftOut = (tensors: References, metadata: Record<string, string>) => {
      metadata["left-out/raw.cls_scores.1"] =
        "too few of its values fit into the references";
      metadata["left-out/nms.boxes"] = "the order of its rows is chance";
      delete metadata["inner/raw.cls_scores.1"];
      for (const name of Object.keys(tensors))
        if (name.endsWith("raw.cls_scores.1")) delete tensors[name];
    };
    const { status, message, details } = await found(
      levelFolder({ references: leftOut }),
    );
    expect([status, message]).toEqual([
      "warn",
      "the heads before the outputs were not compared: the raw class scores of level 1 (raw.cls_scores.1): too few of its values fit into the references",
    ]);
    expect(details.not_compared).toHaveLength(2);
  });

  test("are not those that nobody reads", async () => {
    const dead = (model: ModelInput) => {
      const cut = bypassed("raw.cls_scores.1")(model);
      return {
        ...cut,
        nodes: cut.nodes.map((each) =>
          each.outputs[0] === "other"
            ? { ...each, inputs: ["flat.source", "off"] }
            : each,
        ),
      };
    };
    const copied = (model: ModelInput) => {
      const cut = dead(model);
      const head = cut.nodes.find(
        ({ outputs }) => outputs[0] === "raw.cls_scores.1",
      );
      return {
        ...cut,
        nodes: head
          ? [{ ...head, outputs: ["flat.source"] }, ...cut.nodes]
          : cut.nodes,
      };
    };
    const sorted = (model: ModelInput) => {
      const cut = copied(model);
      return {
        ...cut,
        nodes: [
          ...cut.nodes.slice(1, 2),
          ...cut.nodes.slice(0, 1),
          ...cut.nodes.slice(2),
        ],
      };
    };
    const { kind, message } = await found(levelFolder({ model: sorted }));
    expect(kind).toBe("unproven");
    expect(message).toContain("no output of the graph depends on it");
  });

  test("are those whose source is too noisy, or has too few values", async () => {
    const noisy = change(
      /fp32\/raw.cls_scores.1/,
      (value, at) => value * (1 + 1e-3 * (at % 2)),
    );
    const first = await found(levelFolder({ references: noisy }));
    expect([first.status, first.message]).toEqual([
      "warn",
      expect.stringMatching(
        /not proved: the raw class scores of level 1 .*too noisy/,
      ),
    ]);
    const few = (tensors: References) => {
      for (const name of Object.keys(tensors))
        if (name.includes("raw.cls_scores.1") && !name.startsWith("real-0"))
          delete tensors[name];
    };
    const second = await found(levelFolder({ references: few }));
    expect([second.status, second.message]).toEqual([
      "warn",
      expect.stringMatching(
        /not proved: .*only 4 values per channel, 8 are needed/,
      ),
    ]);
  });
});

describe("what the engine rewrote, before suppression", () => {
  const rewritten = (tensors: References, metadata: Record<string, string>) => {
    for (const name of Object.keys(metadata))
      if (name.startsWith("inner/")) metadata[name] = "rewritten";
    void tensors;
  };

  test("is judged by parity, as a failure", async () => {
    expect(
      await foundBy("parity", levelFolder({ references: rewritten })),
    ).toMatchObject({ status: "pass" });
    const { kind, message } = await foundBy(
      "parity",
      levelFolder({ model: hiddenFault, references: rewritten }),
    );
    expect([kind, message]).toEqual([
      "wrong",
      expect.stringContaining("the raw class scores of level 1"),
    ]);
  });
});
