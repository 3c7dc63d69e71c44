import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../../src/errors.ts";
import type { OnnxValue } from "../../../src/onnx/model.ts";
import { readOnnx } from "../../../src/onnx/read-onnx.ts";
import { realMmdeploy } from "../mmdeploy.ts";
import { readTensorProto, type StoredTensor } from "./tensor-proto.ts";

export interface NamedTensor extends StoredTensor {
  name: string;
}

/** One of ONNX's own test cases: a model, and what it shall give for its inputs. */
export interface BackendCase {
  name: string;
  path: string;
  model: Buffer;
  sets: { inputs: NamedTensor[]; outputs: NamedTensor[] }[];
}

const SETS = [
  "node",
  "simple",
  "pytorch-operator",
  "pytorch-converted",
  "light",
  "real",
];

/** Folder of the data that the Python package `onnx` ships, in the environment of the real engine; null where there is none. */
export function backendData(): { folder: string; version: string } | null {
  const python = realMmdeploy();
  if (!python) return null;
  const where =
    "import onnx, os; print(os.path.dirname(onnx.__file__), onnx.__version__)";
  const [root = "", version = ""] = execFileSync(python, ["-c", where], {
    encoding: "utf8",
  })
    .trim()
    .split(" ");
  const folder = join(root, "backend/test/data");
  return existsSync(folder) ? { folder, version } : null;
}

/** Names of all cases, in order. */
export function backendNames(folder: string): string[] {
  return SETS.flatMap((set) =>
    readdirSync(join(folder, set), { withFileTypes: true })
      .flatMap((entry) => (entry.isDirectory() ? join(set, entry.name) : []))
      .sort(),
  );
}

/** The case, or why references cannot say what it says. */
export async function readBackendCase(
  folder: string,
  name: string,
): Promise<BackendCase | string> {
  const path = join(folder, name, "model.onnx");
  const sets = existsSync(path)
    ? readdirSync(join(folder, name)).filter((file) =>
        file.startsWith("test_data"),
      )
    : [];
  if (sets.length === 0) return "the package ships no data for it";
  try {
    const { inputs, outputs } = await readOnnx(path);
    const read = sets.sort().map((set) => {
      const at = join(folder, name, set);
      return {
        inputs: tensors(at, "input", inputs),
        outputs: tensors(at, "output", outputs),
      };
    });
    return { name, path, model: readFileSync(path), sets: read };
  } catch (error) {
    if (error instanceof AppError || error instanceof Unreadable)
      return error.message;
    throw error;
  }
}

class Unreadable extends Error {}

/** `input_0.pb` and so on, in the graph's order. */
function tensors(
  folder: string,
  kind: "input" | "output",
  values: readonly OnnxValue[],
): NamedTensor[] {
  return values.flatMap(({ name, dtype }, index) => {
    if (dtype === "")
      throw new Unreadable(
        `an ${kind} is a sequence, a map or optional, which Node's runtime cannot give`,
      );
    const file = join(folder, `${kind}_${index}.pb`);
    if (!existsSync(file)) return [];
    const tensor = readTensorProto(file);
    if (typeof tensor === "string")
      throw new Unreadable(
        `an ${kind} holds ${tensor}, which references cannot`,
      );
    return [{ ...tensor, name }];
  });
}
