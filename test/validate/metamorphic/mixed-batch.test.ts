import { describe, expect, test } from "vitest";
import {
  folderOf,
  network,
  networkModel,
  networkReferences,
} from "../../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../../support/onnx-writer.ts";
import { checkOf, validate } from "../../support/validate.ts";

/** Twelve cases of one row each, as an engine writes them that exports pictures one by one. */
async function singles(change: (model: ModelInput) => ModelInput) {
  const net = network();
  const rows = Array.from({ length: 12 }, () => 1);
  const verdict = await validate(
    await folderOf({
      "end2end.onnx": onnxModel(change(networkModel(net))),
      "references.safetensors": networkReferences(net, { rows }),
    }),
  );
  return { verdict, found: checkOf(verdict, "metamorphic") };
}

/** Adds what is nothing for one row, and for rows that repeat: each row minus the batch's mean, or its range. */
const statistic =
  (op: "ReduceMean" | "ReduceMax") =>
  (model: ModelInput): ModelInput => ({
    ...model,
    opset: 17,
    nodes: [
      ...model.nodes.map((node) => ({
        ...node,
        outputs: node.outputs.map((name) => (name === "y" ? "own" : name)),
      })),
      { op, inputs: ["own"], outputs: ["all"], attributes: { axes: [0] } },
      { op: "Sub", inputs: ["own", "all"], outputs: ["apart"] },
      { op: "Add", inputs: ["own", "apart"], outputs: ["y"] },
    ],
  });

describe("where every case has one row", () => {
  test.each(["ReduceMean", "ReduceMax"] as const)(
    "a %s over the batch is wrong, though each row alone is right",
    async (op) => {
      const { verdict, found } = await singles(statistic(op));

      expect(checkOf(verdict, "parity").status).toBe("pass");
      expect(checkOf(verdict, "shapes").status).not.toBe("fail");
      expect(found).toMatchObject({ status: "fail", kind: "wrong" });
      expect(found.message).toContain("than together with other rows");
      expect(found.message).toContain("in a batch of the cases random-0");
    },
  );

  test("rows of different cases that give what each gives alone are fine, and are told", async () => {
    const { found } = await singles((model) => model);

    expect(found).toMatchObject({ status: "pass" });
    expect(found.message).toContain(
      "a batch of 2 different cases equals its rows",
    );
  });

  test("a batch that is fixed at one row is not mixed", async () => {
    const { found } = await singles((model) => ({
      ...model,
      inputs: [{ name: "x", dims: [1, 6] }],
      outputs: [{ name: "y", dims: [1, 5] }],
    }));

    expect(found).toMatchObject({ status: "pass" });
    expect(found.message).not.toContain("different cases");
  });
});
