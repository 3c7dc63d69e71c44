import { env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { OnnxModel } from "../../onnx/model.ts";
import type { Subject } from "../check.ts";
import { distinctCases } from "../evidence/distinct-cases.ts";
import { feedsOf } from "../evidence/feeds.ts";
import {
  elementsOf,
  openReferences,
  type ReferenceCase,
  type References,
} from "../evidence/references.ts";
import type { Dtype, Tensor } from "../evidence/tensor.ts";
import {
  type IntermediateComparison,
  NO_INTERMEDIATE,
} from "../intermediate/compare-intermediate.ts";
import {
  openUnoptimised,
  runUnoptimised,
  type UnoptimisedRun,
} from "../intermediate/unoptimised-run.ts";
import { ortMessage } from "./ort-message.ts";

/** Optimisation of the graph before it runs. */
export type Level = "all" | "disabled";

export type Feeds = ReadonlyMap<string, Tensor>;

/** ONNX Runtime on CPU, one thread; sessions are used by all checks. Everything rejects with ONNX Runtime's own message. */
export interface Runtime {
  /** Loads the model, or returns where it is loaded. */
  load(level: Level): Promise<void>;
  /** What the smallest case gives without optimisation, null where there is none. */
  unoptimised(): Promise<Feeds | null>;
  /** Tensors inside of the graph beside those of the references, from the same run as `unoptimised`. */
  intermediate(): Promise<IntermediateComparison>;
  /** Runs a case of the references; outputs of small ones are remembered. */
  runCase(one: ReferenceCase): Promise<Feeds>;
  /** The case was run, and its outputs are at hand. */
  remembers(one: ReferenceCase): boolean;
  /** Runs inputs beyond the references; `what` names the run where it crashes or hangs. */
  run(what: string, feeds: Feeds): Promise<Feeds>;
  /**
   * There is room for what is good to have: validation shall not take twice as long as the references' cases. It is
   * estimated, not measured, so that the same model gives the same verdict.
   */
  hasRoom(): boolean;
  /** Loads a model, this or another one, into a session apart from those of the checks, to measure it. */
  timed(what: string, model: string, feeds: Feeds): Promise<TimedSession>;
  /** Version of ONNX Runtime. */
  readonly version: string;
  /** Null where there are none; opened at the first call. */
  references(): Promise<References | null>;
  /** The references' cases without those that feed the same again. */
  cases(): Promise<ReferenceCase[]>;
  close(): Promise<void>;
}

/** A model with its inputs; times are of ONNX Runtime alone, in milliseconds. */
export interface TimedSession {
  loadMs: number;
  run(times: number): Promise<number[]>;
  release(): Promise<void>;
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

/** What a runtime is made from. */
export interface RuntimeRequest {
  subject: Subject;
  graph: OnnxModel;
  /** Size of the model with its external data. */
  bytes: number;
  /** A folder for a copy of the model; who gives it removes it. */
  scratch: string;
  watch: Watch;
}

export function createRuntime({
  subject,
  graph,
  bytes,
  scratch,
  watch,
}: RuntimeRequest): Runtime {
  const { model, references: path } = subject;
  const cost = { cases: 0, beyond: 0 };
  const remembered = new Map<string, Feeds>();
  const references = once(async () => {
    const opened = path === null ? null : await openReferences(path);
    for (const { inputs } of opened?.cases ?? [])
      cost.cases += bytes * elementsOf(inputs);
    return opened;
  });

  const cases = once(async () => {
    const opened = await references();
    return opened ? await distinctCases(opened) : [];
  });

  const session = once(() => open("all", model));
  const plainSession = once(async () => {
    // What is wrong with the references is said by the check that needs them.
    const asked = await references().catch(() => null);
    return openUnoptimised({
      model,
      graph,
      scratch,
      names: [...(asked?.intermediate.keys() ?? [])],
      open,
      explain: ortMessage,
    });
  });

  const plain = once(runsWithoutOptimisation);

  async function watched<T>(
    kind: "load" | "run",
    what: string,
    work: () => Promise<T>,
  ): Promise<T> {
    watch.begin(what, kind);
    try {
      return await work();
    } finally {
      watch.end();
    }
  }

  function open(level: Level, file: string): Promise<InferenceSession> {
    const options = { ...OPTIONS, graphOptimizationLevel: level };
    return watched("load", `loading (optimisation ${level})`, () =>
      InferenceSession.create(file, options),
    );
  }

  async function runsWithoutOptimisation(): Promise<UnoptimisedRun> {
    const { session: opened, ...intermediate } = await plainSession();
    try {
      const all = await references();
      const run = async (one: ReferenceCase, isFirst: boolean) => {
        const feeds = all ? await feedsOf(all, one) : new Map();
        if (!isFirst) cost.beyond += bytes * elementsOf(feeds);

        return watched("run", `case ${one.name}, not optimised`, () =>
          runOn(opened, feeds),
        );
      };

      const { tolerance } = subject.policy;
      const room = ROOM.cost / bytes;

      return await runUnoptimised({
        references: all,
        cases: await cases(),
        intermediate,
        tolerance,
        room,
        run,
      });
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
    const outputs = await watched("run", `case ${one.name}`, () =>
      runOn(opened, feeds),
    );

    const size = [...outputs.values()].reduce(
      (sum, { data }) => sum + data.byteLength,
      0,
    );
    if (size < REMEMBERED_BYTES) remembered.set(one.name, outputs);

    return outputs;
  }

  async function timed(
    what: string,
    path: string,
    feeds: Feeds,
  ): Promise<TimedSession> {
    const inputs = ortInputs(feeds);
    const start = performance.now();
    const options: InferenceSession.SessionOptions = {
      ...OPTIONS,
      graphOptimizationLevel: "all",
    };

    const opened = await watched("load", `loading ${what}`, () =>
      InferenceSession.create(path, options),
    );

    const loadMs = performance.now() - start;

    return {
      loadMs,
      run: (times) =>
        watched("run", `measuring ${what}`, () =>
          runTimes(opened, inputs, times),
        ),
      release: () => opened.release(),
    };
  }

  return {
    timed,
    load: async (level) => {
      await (level === "all" ? session() : plainSession());
    },
    unoptimised: async () => (await plain()).smallest(),
    intermediate: async () =>
      (await references())?.intermediate.size
        ? (await plain()).intermediate
        : NO_INTERMEDIATE,
    runCase,
    remembers: ({ name }) => remembered.has(name),
    async run(what, feeds) {
      const opened = await session();
      cost.beyond += bytes * elementsOf(feeds);
      return watched("run", what, () => runOn(opened, feeds));
    },
    hasRoom: () => cost.beyond < ROOM.cost + ROOM.part * cost.cases,
    version: runtimeVersion(),
    references,
    cases,
    async close() {
      const opened = await session().catch(() => null);
      await opened?.release();
      const all = await references().catch(() => null);
      await all?.close();
    },
  };
}

async function runOn(
  session: InferenceSession,
  feeds: Feeds,
): Promise<Map<string, Tensor>> {
  const output = await session.run(ortInputs(feeds), { logSeverityLevel: 4 });
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
    await session.run(inputs, { logSeverityLevel: 4 });
    taken.push(performance.now() - start);
  }

  return taken;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function ortInputs(feeds: Feeds): Record<string, OrtTensor> {
  return Object.fromEntries(
    [...feeds].map(([name, tensor]) => [name, toOrt(tensor)]),
  );
}

function toOrt({ dtype, data, dims }: Tensor): OrtTensor {
  return new OrtTensor(dtype as "float32", data as Float32Array, dims);
}

function fromOrt(tensor: OrtTensor): Tensor {
  return {
    dtype: tensor.type as Dtype,
    dims: [...tensor.dims],
    data: tensor.data as Float32Array,
  };
}

/** Also proves that the native library can be loaded on this machine. */
export function runtimeVersion(): string {
  return env.versions.node ?? env.versions.common;
}
