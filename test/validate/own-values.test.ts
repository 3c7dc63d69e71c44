import { describe, expect, test } from "vitest";
import { levelFolder } from "../support/detector-levels.ts";
import {
  compute,
  folderOf,
  network,
  networkModel,
} from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { random } from "../support/random.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { found } from "./behaviour-findings.ts";

const [INPUT, OUTPUT] = [6, 5];
type Rows = (logits: number[]) => number[];

const softmax: Rows = (logits) =>
  rowsOf(logits).flatMap((row) => {
    const powers = row.map((value) => Math.exp(value));
    const sum = powers.reduce((total, value) => total + value, 0);
    return powers.map((value) => value / sum);
  });
const sigmoid: Rows = (logits) =>
  logits.map((value) => 1 / (1 + Math.exp(-value)));

function rowsOf(values: number[]): number[][] {
  return Array.from({ length: values.length / OUTPUT }, (_, row) =>
    values.slice(row * OUTPUT, (row + 1) * OUTPUT),
  );
}

/** A classifier that ends in a softmax, and what the source's own `predict` gives for the same rows. */
function classifier(
  own: Rows,
  change: (
    tensors: Record<string, TensorValue>,
    metadata: Record<string, string>,
  ) => void = () => undefined,
): Promise<string> {
  const net = network();
  const model = networkModel(net);
  const [rng, tensors] = [random(99), {} as Record<string, TensorValue>];
  const metadata: Record<string, string> = {};
  const shape = (batch: number) => [batch, OUTPUT];

  for (const [index, batch] of [4, 3, 1].entries()) {
    const name = `random-${index}`;
    const x = Array.from({ length: batch * INPUT }, () =>
      Math.fround(rng.normal()),
    );
    const single = softmax(compute(net, x, Math.fround));
    tensors[`${name}/in/x`] = {
      ...{ dtype: "F32", shape: [batch, INPUT], values: x },
    };
    tensors[`${name}/fp32/p`] = {
      ...{ dtype: "F32", shape: shape(batch), values: single },
    };
    tensors[`${name}/fp64/p`] = {
      dtype: "F64",
      shape: shape(batch),
      values: softmax(compute(net, x, Number)),
    };
    tensors[`${name}/aux/predict/p`] = {
      dtype: "F32",
      shape: shape(batch),
      values: own(compute(net, x, Math.fround)),
    };
  }
  change(tensors, metadata);

  return folderOf({
    "end2end.onnx": onnxModel({
      ...model,
      nodes: [...model.nodes, { op: "Softmax", inputs: ["y"], outputs: ["p"] }],
      outputs: [{ name: "p", dims: ["batch", OUTPUT] }],
    }),
    "references.safetensors": safetensors(tensors, metadata),
  });
}

describe("scores of a classifier beside the source's own prediction", () => {
  test.each<[string, Rows]>([
    ["are its scores", softmax],
    [
      "are its scores up to rounding",
      (logits) => softmax(logits).map((value) => value * (1 + 2 ** -22)),
    ],
  ])("%s", async (_, own) => {
    expect(await found(classifier(own))).toMatchObject({ status: "pass" });
  });

  test.each<[string, Rows, RegExp]>([
    [
      "are red behind another activation, though the best class is the same",
      sigmoid,
      /^"p" beside the unpatched source's own prediction differs in 5 of 5 channels: .*; each row of the edge model adds up to 1, as after a softmax, but the rows of the source's own prediction do not: the final activation differs$/,
    ],
    [
      "are red where the source gives plain scores",
      (logits) => logits,
      /differs in 5 of 5 channels/,
    ],
    [
      "are red at another temperature",
      (logits) => softmax(logits.map((value) => value / 1.01)),
      /differs in \d of 5 channels: .* times what rounding explains$/,
    ],
    [
      "are red where the source gives NaN",
      (logits) => softmax(logits).map((value, at) => (at ? value : Number.NaN)),
      /NaN or infinite on one side only/,
    ],
  ])("%s", async (_, own, message) => {
    const { kind, details, ...result } = await found(classifier(own));
    expect(kind).toBe("wrong");
    expect(result.message).toMatch(message);
    expect(details.predicted).toMatchObject([{ name: "p", kind: "wrong" }]);
  });
});

describe("a prediction of another shape than the source's", () => {
  const narrower = (tensors: Record<string, TensorValue>) => {
    for (const [name, tensor] of Object.entries(tensors))
      if (name.includes("/predict/"))
        tensors[name] = {
          ...tensor,
          shape: [tensor.shape[0] ?? 0, OUTPUT - 1],
          values: Array.from(tensor.values).filter((_, at) => at % OUTPUT > 0),
        };
  };

  test("is red", async () => {
    const { kind, message } = await found(classifier(softmax, narrower));
    expect([kind, message]).toEqual([
      "wrong",
      '"p" is 1×5 in the edge model and 1×4 in the source\'s own result, in case random-2',
    ]);
  });

  test("is a warning where the engine says why", async () => {
    const excused = (
      tensors: Record<string, TensorValue>,
      metadata: Record<string, string>,
    ) => {
      narrower(tensors);
      metadata["left-out/predict"] = "its last class is never chosen";
    };
    const { status, message } = await found(classifier(softmax, excused));
    expect([status, message]).toEqual([
      "warn",
      expect.stringContaining(
        "in case random-2: its last class is never chosen",
      ),
    ]);
  });

  test("is red where it has another number of images", async () => {
    const fewer = (tensors: Record<string, TensorValue>) => {
      for (const part of ["dets", "labels"]) {
        const name = `random-1/aux/predict/${part}`;
        const tensor = tensors[name];
        if (tensor)
          tensors[name] = {
            ...tensor,
            shape: [2, ...tensor.shape.slice(1)],
            values: Array.from(tensor.values).slice(
              0,
              (tensor.values.length / 3) * 2,
            ),
          };
      }
    };
    const { kind, message } = await found(levelFolder({ references: fewer }));
    expect([kind, message]).toEqual([
      "wrong",
      '"dets" has 3 images in the edge model and 2 in the source\'s own result, in case random-1',
    ]);
  });
});

describe("boxes that have a match in the source's own prediction", () => {
  const changed =
    (to: (value: number, at: number) => number) =>
    (tensors: Record<string, TensorValue>) => {
      for (const [name, tensor] of Object.entries(tensors))
        if (name.endsWith("predict/dets"))
          tensors[name] = {
            ...tensor,
            values: Array.from(tensor.values, to),
          };
    };
  const isScore = (at: number) => at % 5 === 4;

  test.each<[string, (value: number, at: number) => number]>([
    ["another score", (value, at) => (isScore(at) ? value * 0.99 : value)],
    ["other corners", (value, at) => (isScore(at) ? value : value + 0.02)],
    ["both", (value, at) => (isScore(at) ? value * 0.99 : value + 0.02)],
  ])("are red where all have %s", async (_, to) => {
    const { kind, message } = await found(
      levelFolder({ references: changed(to) }),
    );
    expect(kind).toBe("wrong");
    expect(message).toMatch(
      /^0 of \d+ boxes that have a match have its score and corners/,
    );
  });

  test("may be another of a few that overlap: the suppression cut them before", async () => {
    const few = changed((value, at) => {
      if (Math.floor(at / 5) % 6 !== 5) return value;
      return isScore(at) ? value * 0.99 : value + 0.02;
    });
    const { status, message } = await found(levelFolder({ references: few }));
    expect(status, message).toBe("pass");
  });
});
