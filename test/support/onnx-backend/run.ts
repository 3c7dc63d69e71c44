import { InferenceSession, Tensor } from "onnxruntime-node";
import { type Policy, STRICT } from "../../../src/config/policy.ts";
import {
  numbersOf,
  type Tensor as OurTensor,
  type TensorData,
} from "../../../src/validate/evidence/tensor.ts";
import { ortMessage } from "../../../src/validate/runtime/ort-message.ts";
import type { Judged } from "../judged.ts";
import { folderOf } from "../model-folder.ts";
import { type BackendCase, type NamedTensor, readBackendCase } from "./data.ts";
import { backendReferences, canBePerturbed } from "./references.ts";

/** These have one case and no float64: a stated tolerance stands in for noise, and no minimum is asked for. */
export const POLICY: Policy = {
  ...STRICT,
  tolerance: { ...STRICT.tolerance, range_relative: 1e-3, min_values: 0 },
  off: ["performance"],
};
/** ONNX's own tolerance for its backends. */
const OWN = { relative: 1e-3, absolute: 1e-7 };
/** Of the largest value: a Fourier transform is not exactly 0 anywhere. */
const ROUNDING = 1e-6;
const RANDOM = /bernoulli|multinomial|training_dropout/;

/**
 * `open`: why it can be neither right nor wrong; where that is ONNX Runtime's doing, `right` must be a refusal.
 * `changed` is null where the last output is empty.
 */
export type BackendOutcome =
  | { name: string; open: "no data" | "not judged"; why: string; right: null }
  | {
      name: string;
      open: "ONNX Runtime cannot" | "ONNX Runtime differs";
      why: string;
      right: Judged;
    }
  | { name: string; open: null; right: Judged; changed: Judged | null };

/** One case: as it is, and with one value of its expected output changed. */
export async function runBackendCase(
  folder: string,
  name: string,
  validate: (folder: string, policy: Policy) => Promise<Judged>,
): Promise<BackendOutcome> {
  const one = await readBackendCase(folder, name);
  if (typeof one === "string")
    return {
      name,
      open: one.includes("no data") ? "no data" : "not judged",
      why: one,
      right: null,
    };
  const why = "it is random by intention, which no edge model may be";
  if (RANDOM.test(name)) return { name, open: "not judged", why, right: null };
  const problem = await runtimeProblem(one);
  const check = async (perturbed: boolean) =>
    validate(
      await folderOf({
        "model.onnx": one.model,
        "references.safetensors": backendReferences(one, perturbed),
      }),
      POLICY,
    );
  if (problem) return { name, ...problem, right: await check(false) };
  return {
    name,
    open: null,
    right: await check(false),
    changed: canBePerturbed(one) ? await check(true) : null,
  };
}

/** ONNX Runtime alone: does it run the case, and does it give what ONNX says it must? */
async function runtimeProblem({ path, sets }: BackendCase) {
  const cannot = (error: unknown) => ({
    open: "ONNX Runtime cannot" as const,
    why: ortMessage(error),
  });
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(path, { logSeverityLevel: 4 });
  } catch (error) {
    return cannot(error);
  }
  try {
    for (const { inputs, outputs } of sets) {
      const given = await session.run(
        Object.fromEntries(
          inputs.map((input) => [input.name, ortTensor(input)]),
        ),
      );
      for (const [index, expected] of outputs.entries()) {
        const why = difference(
          given[session.outputNames[index] ?? ""],
          expected,
        );
        if (why) return { open: "ONNX Runtime differs" as const, why };
      }
    }
    return null;
  } catch (error) {
    return cannot(error);
  } finally {
    await session.release();
  }
}

const ARRAYS: Record<
  string,
  [OurTensor["dtype"], new (buffer: ArrayBuffer) => TensorData]
> = {
  F64: ["float64", Float64Array],
  F32: ["float32", Float32Array],
  F16: ["float16", Uint16Array],
  I64: ["int64", BigInt64Array],
  U64: ["uint64", BigUint64Array],
  I32: ["int32", Int32Array],
  U32: ["uint32", Uint32Array],
  I16: ["int16", Int16Array],
  U16: ["uint16", Uint16Array],
  I8: ["int8", Int8Array],
  U8: ["uint8", Uint8Array],
  BOOL: ["bool", Uint8Array],
};

function ourTensor({ dtype, shape, bytes }: NamedTensor): OurTensor {
  const [name, View] = ARRAYS[dtype] ?? ["float32", Float32Array];
  return {
    dtype: name,
    dims: shape,
    data: new View(new Uint8Array(bytes).buffer),
  };
}

function ortTensor(tensor: NamedTensor): Tensor {
  const { dtype, data, dims } = ourTensor(tensor);
  return new Tensor(dtype as "float32", data as Float32Array, dims);
}

function difference(
  given: Tensor | undefined,
  stored: NamedTensor,
): string | null {
  if (!given) return `it gives no output ${stored.name}`;
  const expected = ourTensor(stored);
  if (given.dims.join() !== expected.dims.join())
    return `output ${stored.name} has the shape [${given.dims}], ONNX says [${expected.dims}]`;
  const got = numbersOf({
    dtype: given.type as OurTensor["dtype"],
    dims: [...given.dims],
    data: given.data as Float32Array,
  });
  const want = numbersOf(expected);
  let most = 0;
  for (const value of want)
    if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  const at = want.findIndex((value, index) => {
    const allowed =
      Math.max(OWN.absolute, ROUNDING * most) + OWN.relative * Math.abs(value);
    return !(
      Object.is(value, got[index]) ||
      Math.abs(value - (got[index] as number)) <= allowed ||
      value === got[index]
    );
  });
  return at < 0
    ? null
    : `value ${at} of output ${stored.name} is ${got[at]}, ONNX says ${want[at]}`;
}
