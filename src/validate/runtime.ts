import { env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Subject } from "./check.ts";
import { openReferences, type ReferenceCase, type References } from "./references.ts";
import type { Dtype, Tensor } from "./tensor.ts";

/** Optimisation of the graph before it runs. */
export type Level = "all" | "disabled";

/** ONNX Runtime on CPU, one thread; sessions are made once and used by all checks. */
export interface Runtime {
  /** Loads the model, or returns what was loaded. Rejects with ONNX Runtime's own message. */
  load(level: Level): Promise<void>;
  /** Runs the model; `what` names the run where it crashes or hangs. */
  run(what: string, feeds: Feeds, level?: Level): Promise<Map<string, Tensor>>;
  /** Null where there are none; opened at the first call. */
  references(): Promise<References | null>;
  /** Seconds spent in ONNX Runtime. */
  seconds(): { load: number; run: number };
  close(): Promise<void>;
}

export type Feeds = ReadonlyMap<string, Tensor>;

/** Told before ONNX Runtime is entered, which may never come back. */
export interface Watch {
  begin(what: string, kind: "load" | "run"): void;
  end(): void;
}

export function createRuntime({ model, references: path }: Subject, watch: Watch): Runtime {
  const sessions = new Map<Level, Promise<InferenceSession>>();
  let opened: Promise<References | null> | undefined;
  const spent = { load: 0, run: 0 };

  async function timed<T>(kind: "load" | "run", what: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    watch.begin(what, kind);
    try {
      return await work();
    } finally {
      watch.end();
      spent[kind] += (performance.now() - started) / 1000;
    }
  }

  function session(level: Level): Promise<InferenceSession> {
    const known = sessions.get(level);
    if (known) return known;
    const made = timed("load", `loading (optimisation ${level})`, () =>
      InferenceSession.create(model, {
        executionProviders: ["cpu"],
        graphOptimizationLevel: level,
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        executionMode: "sequential",
        logSeverityLevel: 4,
      }),
    );
    sessions.set(level, made);
    return made;
  }

  return {
    load: async (level) => {
      await session(level);
    },
    async run(what, feeds, level = "all") {
      const made = await session(level);
      const input = Object.fromEntries([...feeds].map(([name, tensor]) => [name, toOrt(tensor)]));
      const output = await timed("run", what, () => made.run(input, { logSeverityLevel: 4 }));
      return new Map(made.outputNames.map((name) => [name, fromOrt(output[name] as OrtTensor)]));
    },
    references() {
      opened ??= path === null ? Promise.resolve(null) : openReferences(path);
      return opened;
    },
    seconds: () => ({ ...spent }),
    async close() {
      const all = await Promise.allSettled(sessions.values());
      for (const one of all) if (one.status === "fulfilled") await one.value.release();
      const references = await opened?.catch(() => null);
      await references?.close();
    },
  };
}

/** The case's inputs, read from the file. */
export async function feedsOf(references: References, { inputs }: ReferenceCase): Promise<Map<string, Tensor>> {
  const feeds = new Map<string, Tensor>();
  for (const [name, entry] of inputs) feeds.set(name, await references.read(entry));
  return feeds;
}

function toOrt({ dtype, data, dims }: Tensor): OrtTensor {
  return new OrtTensor(dtype as "float32", data as Float32Array, dims);
}

function fromOrt(tensor: OrtTensor): Tensor {
  return { dtype: tensor.type as Dtype, dims: [...tensor.dims], data: tensor.data as Float32Array };
}

/** ONNX Runtime's message on one line, without its source positions. */
export function ortMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/Load model from .*? failed: ?/s, "")
    .replace(/\/onnxruntime_src\/\S+:\d+ .*?\) (?=[A-Z])/gs, "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 500);
}

/** Also proves that the native library can be loaded on this machine. */
export function runtimeVersion(): string {
  return env.versions.node ?? env.versions.common;
}
