import { describe, expect, test } from "vitest";
import { levelFolder } from "../../support/detector-levels.ts";
import { folderOf } from "../../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../../support/onnx-writer.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";
import { checkOf, validate } from "../../support/validate.ts";

const [INT32, INT64, FLOAT64] = [6, 7, 11];
const VALUES = Array.from({ length: 40 }, (_, at) => (at % 7) - 3);

/** The output is the input in another dtype; the source gives `source`. No contract.json. */
function castFolder(
  to: number,
  source: TensorValue["dtype"],
  metadata: Record<string, string> = {},
): Promise<string> {
  const model: ModelInput = {
    nodes: [{ op: "Cast", inputs: ["x"], outputs: ["y"], attributes: { to } }],
    inputs: [{ name: "x", dims: ["batch", 4] }],
    outputs: [{ name: "y", dims: ["batch", 4], type: to }],
  };
  const cases = [0, 1, 2].flatMap((index): [string, TensorValue][] => {
    const values = VALUES.map((value) => (value + index) % 4);
    const shape = [10, 4];
    const exact = source.startsWith("F") ? ("F64" as const) : source;
    return [
      [`random-${index}/in/x`, { dtype: "F32", shape, values }],
      [`random-${index}/fp32/y`, { dtype: source, shape, values }],
      [`random-${index}/fp64/y`, { dtype: exact, shape, values }],
    ];
  });

  return folderOf({
    "end2end.onnx": onnxModel(model),
    "references.safetensors": safetensors(Object.fromEntries(cases), metadata),
  });
}

const parityOf = async (folder: Promise<string>) =>
  checkOf(await validate(await folder), "parity");

describe("an output of another dtype than the source's, without a contract", () => {
  test.each<[string, number, TensorValue["dtype"], string]>([
    ["int32 for int64", INT32, "I64", "int32 in the ONNX model and int64"],
    ["int64 for int32", INT64, "I32", "int64 in the ONNX model and int32"],
    [
      "float64 for float32",
      FLOAT64,
      "F32",
      "float64 in the ONNX model and float32",
    ],
    ["int64 for float32", INT64, "F32", "int64 in the ONNX model and float32"],
  ])(
    "%s is wrong, though every value is equal",
    async (_, to, source, says) => {
      const found = await parityOf(castFolder(to, source));

      expect(found).toMatchObject({ status: "fail", kind: "wrong" });
      expect(found.message).toContain(`its dtype is ${says} in the source`);
    },
  );

  test("that the engine declares as its own rewriting is excused", async () => {
    const found = await parityOf(
      castFolder(INT32, "I64", { "dtype/y": "int32" }),
    );

    expect(found).toMatchObject({ status: "pass" });
  });

  test("that the engine declares otherwise is not", async () => {
    const found = await parityOf(
      castFolder(INT32, "I64", { "dtype/y": "int16" }),
    );

    expect(found).toMatchObject({ status: "fail", kind: "wrong" });
  });

  test("is wrong for the labels of boxes too", async () => {
    const narrow = (model: ModelInput): ModelInput => ({
      ...model,
      nodes: [
        ...model.nodes.map((node) => ({
          ...node,
          outputs: node.outputs.map((name) =>
            name === "labels" ? "own" : name,
          ),
        })),
        {
          op: "Cast",
          inputs: ["own"],
          outputs: ["labels"],
          attributes: { to: INT32 },
        },
      ],
      outputs: model.outputs.map((output) =>
        output.name === "labels" ? { ...output, type: INT32 } : output,
      ),
    });
    const found = await parityOf(levelFolder({ model: narrow }));

    expect(found).toMatchObject({ status: "fail", kind: "wrong" });
    expect(found.message).toContain(
      'output "labels": its dtype is int32 in the ONNX model and int64 in the source',
    );
  });
});
