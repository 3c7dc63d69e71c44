import { describe, expect, test } from "vitest";
import { folderOf } from "../../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../../support/onnx-writer.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";
import { checkOf, validate } from "../../support/validate.ts";
import { ints, node } from "../mutations/edits.ts";

describe("an output whose axis has an input's name and not its length", () => {
  /** A picture that is repeated along its width, as exporters name the axes when they are told so. */
  async function twice(
    nodes: ModelInput["nodes"],
    weights: ModelInput["weights"],
  ) {
    const one: Record<string, TensorValue> = {};
    for (const [name, width] of Object.entries({
      first: 3,
      second: 5,
      third: 4,
    })) {
      const values = Float32Array.from(
        { length: 2 * width },
        (_, at) => at + width,
      );
      const rows = [values.slice(0, width), values.slice(width)];
      const doubled = Float32Array.from(
        rows.flatMap((row) => [...row, ...row]),
      );
      one[`${name}/in/x`] = { dtype: "F32", shape: [1, 1, 2, width], values };
      one[`${name}/fp32/y`] = {
        dtype: "F32",
        shape: [1, 1, 2, 2 * width],
        values: doubled,
      };
    }
    const folder = await folderOf({
      "end2end.onnx": onnxModel({
        nodes,
        inputs: [{ name: "x", dims: [1, 1, 2, "w"] }],
        outputs: [{ name: "y", dims: [1, 1, 2, "w"] }],
        weights: weights ?? {},
      }),
      "references.safetensors": safetensors(one),
    });
    return checkOf(await validate(folder), "shapes");
  }

  test("passes where it is longer with a longer input", async () => {
    expect(
      await twice(
        [node("Concat", ["x", "x"], "y", { attributes: { axis: 3 } })],
        {},
      ),
    ).toMatchObject({
      status: "pass",
    });
  });

  test("is wrong where it stays as long", async () => {
    const nodes = [
      node("Concat", ["x", "x"], "doubled", { attributes: { axis: 3 } }),
      node("Slice", ["doubled", "from", "to", "axis"], "y"),
    ];
    const found = await twice(nodes, {
      from: ints(0),
      to: ints(6),
      axis: ints(3),
    });
    expect(found).toMatchObject({
      status: "fail",
      message: expect.stringContaining("does not change with it"),
    });
  });
});
