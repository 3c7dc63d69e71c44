import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { readOnnx } from "../../src/onnx/read-onnx.ts";
import { realMmdeploy } from "./mmdeploy.ts";
import { safetensors, type TensorValue } from "./references-writer.ts";
import { type NamedTensor, readTensorProto } from "./tensor-proto.ts";

/** One of ONNX's own test cases: a model, its inputs and its outputs. */
export interface BackendCase {
  name: string;
  model: Buffer;
  inputs: NamedTensor[];
  outputs: NamedTensor[];
}

const SETS = ["node", "simple", "pytorch-operator", "pytorch-converted"];

/** Folder of the data that the Python package `onnx` ships, in the environment of the real engine; null where there is none. */
export function backendData(): string | null {
  const python = realMmdeploy();
  if (!python) return null;
  const where = "import onnx, os; print(os.path.dirname(onnx.__file__))";
  const folder = join(execFileSync(python, ["-c", where], { encoding: "utf8" }).trim(), "backend/test/data");
  return existsSync(folder) ? folder : null;
}

/** Names of all cases, in order. */
export function backendNames(folder: string): string[] {
  return SETS.flatMap((set) =>
    readdirSync(join(folder, set))
      .sort()
      .map((name) => join(set, name)),
  );
}

/** Null where it holds dtypes or sequences that references cannot, or ONNX Runtime does not load it. */
export async function readBackendCase(folder: string, name: string): Promise<BackendCase | null> {
  const path = join(folder, name, "model.onnx");
  const data = join(folder, name, "test_data_set_0");
  if (!existsSync(path) || !existsSync(data)) return null;
  const graph = await readOnnx(path);
  if ([...graph.inputs, ...graph.outputs].some(({ dtype }) => dtype === "")) return null;
  const tensors = (kind: "input" | "output", names: string[]) =>
    names.flatMap((own, index) => {
      const file = join(data, `${kind}_${index}.pb`);
      const tensor = existsSync(file) ? readTensorProto(file) : null;
      return tensor ? [{ ...tensor, name: own }] : [];
    });
  const inputs = tensors(
    "input",
    graph.inputs.map((each) => each.name),
  );
  const outputs = tensors(
    "output",
    graph.outputs.map((each) => each.name),
  );
  if (inputs.length < graph.inputs.length || outputs.length < graph.outputs.length) return null;
  const session = await InferenceSession.create(path, { logSeverityLevel: 4 }).catch(() => null);
  await session?.release();
  return session ? { name, model: readFileSync(path), inputs, outputs } : null;
}

/** As references with one case; with `perturbed`, the last output's first value is another. */
export function backendReferences({ inputs, outputs }: BackendCase, perturbed = false): Buffer {
  const tensors: Record<string, TensorValue> = {};
  for (const input of inputs) tensors[`case/in/${input.name}`] = input;
  for (const output of outputs) tensors[`case/fp32/${output.name}`] = output;
  const last = outputs.at(-1);
  if (perturbed && last) tensors[`case/fp32/${last.name}`] = { ...last, values: otherValues(last) };
  return safetensors(tensors);
}

function otherValues({ dtype, values }: NamedTensor): number[] {
  const changed = Array.from(values);
  const [first = 0] = changed;
  const size = changed.filter(Number.isFinite).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  if (dtype === "BOOL") changed[0] = 1 - first;
  else if (dtype === "F32" || dtype === "F64") changed[0] = Number.isFinite(first) ? first + 0.1 * size : 0;
  else changed[0] = dtype === "U8" ? (first + 1) % 256 : first + 1;
  return changed;
}
