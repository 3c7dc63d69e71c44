import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { type ModelInput, onnxModel } from "./onnx-writer.ts";
import { random } from "./random.ts";
import { safetensors, type TensorValue } from "./references-writer.ts";

const made: string[] = [];
afterAll(() =>
  Promise.all(
    made
      .splice(0)
      .map((folder) => rm(folder, { recursive: true, force: true })),
  ),
);

/** A folder with these files, removed after the test file. */
export async function folderOf(
  files: Record<string, Uint8Array | string>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "model-folder-"));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** Two layers with ReLU between: `x` [batch, 6] to `y` [batch, 5]. */
export interface Network {
  first: number[];
  second: number[];
  bias: number[];
}

const [INPUT, HIDDEN, OUTPUT] = [6, 8, 5];

export function network(seed = 1): Network {
  const rng = random(seed);
  const weights = (size: number) =>
    Array.from({ length: size }, () => Math.fround(rng.normal()));
  return {
    first: weights(INPUT * HIDDEN),
    second: weights(HIDDEN * OUTPUT),
    bias: weights(OUTPUT),
  };
}

export function networkModel({ first, second, bias }: Network): ModelInput {
  return {
    nodes: [
      { op: "MatMul", inputs: ["x", "first"], outputs: ["a"] },
      { op: "Relu", inputs: ["a"], outputs: ["h"] },
      { op: "MatMul", inputs: ["h", "second"], outputs: ["b"] },
      { op: "Add", inputs: ["b", "bias"], outputs: ["y"] },
    ],
    inputs: [{ name: "x", dims: ["batch", INPUT] }],
    outputs: [{ name: "y", dims: ["batch", OUTPUT] }],
    weights: {
      first: { dims: [INPUT, HIDDEN], values: first },
      second: { dims: [HIDDEN, OUTPUT], values: second },
      bias: { dims: [OUTPUT], values: bias },
    },
  };
}

/** References of the network as an engine writes them: batches of 4, 3 and 1, and one extreme case. */
export function networkReferences(
  net: Network,
  { fp64 = true, rows = [4, 3, 1] } = {},
): Buffer {
  const rng = random(99);
  const tensors: Record<string, TensorValue> = {};
  const metadata: Record<string, string> = {};
  for (const [index, batch] of [...rows, 1].entries()) {
    const name = index < rows.length ? `random-${index}` : "extreme-high";
    const x = Array.from({ length: batch * INPUT }, () =>
      index < rows.length ? Math.fround(rng.normal()) : 1e4,
    );
    metadata[`${name}/kind`] = index < rows.length ? "random" : "extreme";
    tensors[`${name}/in/x`] = {
      dtype: "F32",
      shape: [batch, INPUT],
      values: x,
    };
    tensors[`${name}/fp32/y`] = {
      dtype: "F32",
      shape: [batch, OUTPUT],
      values: compute(net, x, Math.fround),
    };
    if (fp64)
      tensors[`${name}/fp64/y`] = {
        dtype: "F64",
        shape: [batch, OUTPUT],
        values: compute(net, x, Number),
      };
  }
  return safetensors(tensors, metadata);
}

/** The network in plain arithmetic, rounded after each step. */
export function compute(
  { first, second, bias }: Network,
  x: number[],
  rounded: (value: number) => number,
): number[] {
  const hidden = multiply(x, first, INPUT, HIDDEN, rounded).map((value) =>
    Math.max(0, value),
  );
  const result = multiply(hidden, second, HIDDEN, OUTPUT, rounded);
  return result.map((value, at) => rounded(value + (bias[at % OUTPUT] ?? 0)));
}

function multiply(
  x: number[],
  weights: number[],
  inner: number,
  outer: number,
  rounded: (value: number) => number,
): number[] {
  return Array.from({ length: (x.length / inner) * outer }, (_, at) => {
    const [row, column] = [Math.floor(at / outer), at % outer];
    let sum = 0;
    for (let k = 0; k < inner; k++)
      sum = rounded(
        sum +
          rounded(
            (x[row * inner + k] ?? 0) * (weights[k * outer + column] ?? 0),
          ),
      );
    return sum;
  });
}

/** A model folder with the network, some of it changed. */
export function networkFolder(
  change: (model: ModelInput) => ModelInput = (model) => model,
): Promise<string> {
  const net = network();
  return folderOf({
    "end2end.onnx": onnxModel(change(networkModel(net))),
    "references.safetensors": networkReferences(net),
  });
}
