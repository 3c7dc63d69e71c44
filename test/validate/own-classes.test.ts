import { describe, expect, test } from "vitest";
import { folderOf } from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { random } from "../support/random.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { found } from "./behaviour-findings.ts";

describe("a map of classes beside the source's own prediction", () => {
  const places = 400;
  /** Two classes by the sign of the input; `turned` places are the other class in the source's own map. */
  function segmentor(turned: number, margin: number): Promise<string> {
    const tensors: Record<string, TensorValue> = {};
    const rng = random(5);
    for (const name of ["random-0", "random-1", "random-2"]) {
      const x = Array.from({ length: 2 * places }, () =>
        Math.fround(rng.normal()),
      );
      const classes = Array.from({ length: places }, (_, at) =>
        Number((x[places + at] ?? 0) > (x[at] ?? 0)),
      );
      const shape = [1, 1, places];
      const map = { dtype: "I64" as const, shape };
      tensors[`${name}/in/x`] = {
        ...{ dtype: "F32", shape: [1, 2, places], values: x },
      };
      tensors[`${name}/fp32/y`] = { ...map, values: classes };
      tensors[`${name}/fp64/y`] = { ...map, values: classes };
      tensors[`${name}/aux/y.margin`] = {
        ...{ dtype: "F32", shape },
        values: classes.map((_, at) =>
          at < turned ? margin : Math.abs((x[places + at] ?? 0) - (x[at] ?? 0)),
        ),
      };
      tensors[`${name}/aux/y.noise`] = {
        ...{ dtype: "F64", shape: [1], values: [1e-6] },
      };
      tensors[`${name}/aux/predict/y`] = {
        ...map,
        values: classes.map((value, at) => (at < turned ? 1 - value : value)),
      };
    }
    return folderOf({
      "end2end.onnx": onnxModel({
        nodes: [
          {
            op: "ArgMax",
            inputs: ["x"],
            outputs: ["y"],
            attributes: { axis: 1 },
          },
        ],
        inputs: [{ name: "x", dims: ["batch", 2, "place"] }],
        outputs: [{ name: "y", dims: ["batch", 1, "place"], type: 7 }],
        weights: {},
      }),
      "references.safetensors": safetensors(tensors),
    });
  }

  test("is red where one place of a hundred is clearly another class", async () => {
    const { kind, message } = await found(segmentor(4, 0.5));
    expect(kind).toBe("wrong");
    expect(message).toMatch(
      /^"y" beside the unpatched source's own prediction differs in 12 of 1200 places: /,
    );
  });

  test("is not red where such places are near a tie", async () => {
    const { kind, message } = await found(segmentor(2, 1e-6));
    expect(kind, message).toBeUndefined();
  });
});
