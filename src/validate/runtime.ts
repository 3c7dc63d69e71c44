import { env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Subject } from "./check.ts";
import { elementsOf, openReferences, type ReferenceCase, type References, smallestCase } from "./references.ts";
import type { Dtype, Tensor } from "./tensor.ts";

/** Optimisation of the graph before it runs. */
type Level = "all" | "disabled";

export type Feeds = ReadonlyMap<string, Tensor>;

/** ONNX Runtime on CPU, one thread; sessions are used by all checks. Everything rejects with ONNX Runtime's own message. */
export interface Runtime {
  /** Loads the model, or returns where it is loaded. */
  load(level: Level): Promise<void>;
  /** What the smallest case gives without optimisation, null where there is none; that session is let go. */
  unoptimised(): Promise<Feeds | null>;
  /** Runs a case of the references; outputs of small ones are remembered. */
  runCase(one: ReferenceCase): Promise<Feeds>;
  /** Runs inputs beyond the references; `what` names the run where it crashes or hangs. */
  run(what: string, feeds: Feeds): Promise<Feeds>;
  /**
   * There is room for what is good to have: validation shall not take twice as long as the references' cases. It is
   * estimated, not measured, so that the same model gives the same verdict.
   */
  hasRoom(): boolean;
  /** Null where there are none; opened at the first call. */
  references(): Promise<References | null>;
  close(): Promise<void>;
}

/** Told before ONNX Runtime is entered, which may never come back. */
export interface Watch {
  begin(what: string, kind: "load" | "run"): void;
  end(): void;
}

/** Bytes of the model times elements of the input: a few hundredths of a second, and part of what the references' cases cost. */
const ROOM = { cost: 3e12, part: 0.2 };
const REMEMBERED_BYTES = 8 << 20;
const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  logSeverityLevel: 4,
};

export function createRuntime({ model, references: path }: Subject, bytes: number, watch: Watch): Runtime {
  const cost = { cases: 0, beyond: 0 };
  const remembered = new Map<string, Feeds>();
  const references = once(async () => {
    const opened = path === null ? null : await openReferences(path);
    for (const { inputs } of opened?.cases ?? []) cost.cases += bytes * elementsOf(inputs);
    return opened;
  });
  const session = once(() => open("all"));
  const plainSession = once(() => open("disabled"));
  const plain = once(runUnoptimised);

  async function watched<T>(kind: "load" | "run", what: string, work: () => Promise<T>): Promise<T> {
    watch.begin(what, kind);
    try {
      return await work();
    } finally {
      watch.end();
    }
  }

  function open(level: Level): Promise<InferenceSession> {
    const options = { ...OPTIONS, graphOptimizationLevel: level };
    return watched("load", `loading (optimisation ${level})`, () => InferenceSession.create(model, options));
  }

  async function runUnoptimised(): Promise<Feeds | null> {
    const opened = await plainSession();
    try {
      const all = await references();
      const small = all && smallestCase(all.cases);
      if (!all || !small) return null;
      const feeds = await feedsOf(all, small);
      return await watched("run", `case ${small.name}, not optimised`, () => runOn(opened, feeds));
    } finally {
      await opened.release();
    }
  }

  async function runCase(one: ReferenceCase): Promise<Feeds> {
    const known = remembered.get(one.name);
    if (known) return known;
    const all = await references();
    const feeds = all ? await feedsOf(all, one) : new Map();
    const opened = await session();
    const outputs = await watched("run", `case ${one.name}`, () => runOn(opened, feeds));
    const size = [...outputs.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    if (size < REMEMBERED_BYTES) remembered.set(one.name, outputs);
    return outputs;
  }

  return {
    load: async (level) => {
      await (level === "all" ? session() : plainSession());
    },
    unoptimised: plain,
    runCase,
    async run(what, feeds) {
      const opened = await session();
      cost.beyond += bytes * elementsOf(feeds);
      return watched("run", what, () => runOn(opened, feeds));
    },
    hasRoom: () => cost.beyond < ROOM.cost + ROOM.part * cost.cases,
    references,
    async close() {
      const opened = await session().catch(() => null);
      await opened?.release();
      const all = await references().catch(() => null);
      await all?.close();
    },
  };
}

async function runOn(session: InferenceSession, feeds: Feeds): Promise<Map<string, Tensor>> {
  const input = Object.fromEntries([...feeds].map(([name, tensor]) => [name, toOrt(tensor)]));
  const output = await session.run(input, { logSeverityLevel: 4 });
  return new Map(session.outputNames.map((name) => [name, fromOrt(output[name] as OrtTensor)]));
}

/** The case's inputs, read from the file. */
export async function feedsOf(references: References, { inputs }: ReferenceCase): Promise<Map<string, Tensor>> {
  const feeds = new Map<string, Tensor>();
  for (const [name, entry] of inputs) feeds.set(name, await references.read(entry));
  return feeds;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
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
