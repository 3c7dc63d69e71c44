import { env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Dtype, Feeds, Tensor } from "../evidence/tensor.ts";
import { decodeTexts, encodeTexts } from "../evidence/texts.ts";

/** Optimisation of the graph before it runs. */
export type Level = "all" | "disabled";

/**
 * Of a run of the checks, on every machine: ONNX Runtime splits its work by this number, and some kernels round otherwise
 * where it is another one. So neither the machine's cores nor its load may choose it.
 */
const CHECK_THREADS = 2;

const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  interOpNumThreads: 1,
  executionMode: "sequential",
  logSeverityLevel: 4,
  // A thread that waits takes no processor from what else the machine does.
  extra: { session: { intra_op: { allow_spinning: "0" } } },
};
const QUIET: InferenceSession.RunOptions = { logSeverityLevel: 4 };

/** A model in ONNX Runtime on CPU. Everything rejects with ONNX Runtime's own message. */
export interface LoadedModel {
  /** Outputs by their names. */
  run(feeds: Feeds): Promise<Feeds>;
  /** Runs the same inputs again and again; milliseconds of each run, of ONNX Runtime alone. */
  time(feeds: Feeds, times: number): Promise<number[]>;
  release(): Promise<void>;
}

/** `path` is that of the ONNX file; `threads` are those of one run. */
export async function loadModel(
  path: string,
  level: Level,
  threads = CHECK_THREADS,
): Promise<LoadedModel> {
  const session = await InferenceSession.create(path, {
    ...OPTIONS,
    intraOpNumThreads: threads,
    graphOptimizationLevel: level,
  });

  return {
    run: (feeds) => runOnce(session, feeds),
    time: (feeds, times) => runTimes(session, ortInputs(feeds), times),
    release: () => session.release(),
  };
}

async function runOnce(
  session: InferenceSession,
  feeds: Feeds,
): Promise<Feeds> {
  const output = await session.run(ortInputs(feeds), QUIET);
  return new Map(
    session.outputNames.map((name) => [
      name,
      fromOrt(output[name] as OrtTensor),
    ]),
  );
}

async function runTimes(
  session: InferenceSession,
  inputs: Record<string, OrtTensor>,
  times: number,
): Promise<number[]> {
  const taken: number[] = [];
  while (taken.length < times) {
    const start = performance.now();
    await session.run(inputs, QUIET);
    taken.push(performance.now() - start);
  }

  return taken;
}

function ortInputs(feeds: Feeds): Record<string, OrtTensor> {
  return Object.fromEntries(
    [...feeds].map(([name, tensor]) => [name, toOrt(tensor)]),
  );
}

function toOrt({ dtype, data, dims }: Tensor): OrtTensor {
  if (dtype === "string")
    return new OrtTensor(dtype, decodeTexts(data as BigInt64Array), dims);

  return new OrtTensor(dtype as "float32", data as Float32Array, dims);
}

function fromOrt(tensor: OrtTensor): Tensor {
  if (tensor.type === "string")
    return {
      dtype: tensor.type,
      dims: [...tensor.dims],
      data: encodeTexts(tensor.data as string[]),
    };

  return {
    dtype: tensor.type as Dtype,
    dims: [...tensor.dims],
    data:
      tensor.type === "float16"
        ? bitsOf(tensor.data as Uint16Array)
        : (tensor.data as Float32Array),
  };
}

/** A Node that knows `Float16Array`, as 24 does, gives halves as numbers. */
function bitsOf({ buffer, byteOffset, length }: Uint16Array): Uint16Array {
  return new Uint16Array(buffer, byteOffset, length);
}

/** Also proves that the native library can be loaded on this machine. */
export function runtimeVersion(): string {
  return env.versions.node ?? env.versions.common;
}
