import { elementsOf, type ReferenceCase } from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import type { Budget } from "./budget.ts";
import { once } from "./once.ts";
import { type LoadedModel, loadModel, runtimeVersion } from "./onnx-runtime.ts";
import type { ReferenceSet } from "./reference-set.ts";
import {
  loading,
  probing,
  running,
  type Step,
  type Watch,
  watched,
} from "./watch.ts";

/** The model in ONNX Runtime, with all optimisation. Everything rejects with ONNX Runtime's own message. */
export interface Session {
  /** Loads the model, or returns where it is loaded. */
  load(): Promise<void>;
  /** Begins to load the model and to run these cases, for `runCase` to take what they gave. */
  runAhead(cases: readonly ReferenceCase[]): void;
  /** Runs a case of the references; outputs of small ones are remembered. */
  runCase(referenceCase: ReferenceCase): Promise<Feeds>;
  /** The case was run, and its outputs are at hand. */
  remembers(referenceCase: ReferenceCase): boolean;
  /** Runs inputs beyond the references; `what` names the run where it crashes or hangs. */
  run(what: string, feeds: Feeds): Promise<Feeds>;
  /** The same, once for all who ask under this name; outputs of small ones are remembered. */
  runOnce(what: string, feeds: Feeds): Promise<Feeds>;
  /** The same far beyond the references, where a crash says nothing against the model. */
  probe(what: string, feeds: Feeds): Promise<Feeds>;
  /** Loads a model, this or another one, into a session apart from this one, to measure it. */
  time(what: string, model: string, feeds: Feeds): Promise<TimedSession>;
  close(): Promise<void>;
  /** Version of ONNX Runtime. */
  readonly version: string;
}

/** A model with its inputs; times are of ONNX Runtime alone, in milliseconds. */
export interface TimedSession {
  loadMs: number;
  run(times: number): Promise<number[]>;
  release(): Promise<void>;
}

export interface SessionSource {
  references: ReferenceSet;
  budget: Budget;
  watch: Watch;
  /** Loads the model with all optimisation. */
  open(): Promise<LoadedModel>;
}

const REMEMBERED_BYTES = 8 << 20;
/** What is measured is said of one thread. */
const MEASURED_THREADS = 1;

export function createSession({
  references,
  budget,
  watch,
  open,
}: SessionSource): Session {
  const ahead = new Map<string, Promise<Feeds>>();
  const remembered = new Map<string, Feeds>();
  const beyond = new Map<string, Feeds>();
  const loaded = once(() =>
    watched(watch, loading("(optimisation all)"), open),
  );

  function runAhead(cases: readonly ReferenceCase[]): void {
    let before: Promise<unknown> = loaded();

    for (const each of cases) {
      const feeds = before.then(() => references.feeds(each));
      const outputs = feeds.then((read) => runFed(each, read));
      before = feeds;
      // Who asks for the case is told.
      outputs.catch(() => undefined);
      ahead.set(each.name, outputs);
    }
  }

  async function runCase(referenceCase: ReferenceCase): Promise<Feeds> {
    const { name } = referenceCase;
    const known = remembered.get(name);
    if (known) return known;

    const outputs = await (ahead.get(name) ??
      runFed(referenceCase, await references.feeds(referenceCase)));

    ahead.delete(name);
    if (bytesOf(outputs) < REMEMBERED_BYTES) remembered.set(name, outputs);

    return outputs;
  }

  async function runFed({ name }: ReferenceCase, feeds: Feeds): Promise<Feeds> {
    const { run } = await loaded();
    return watched(watch, running(`case ${name}`, feeds), () => run(feeds));
  }

  async function runOnce(what: string, feeds: Feeds): Promise<Feeds> {
    const known = beyond.get(what);
    if (known) return known;

    const outputs = await runBeyond(running(what, feeds), feeds);
    if (bytesOf(outputs) < REMEMBERED_BYTES) beyond.set(what, outputs);

    return outputs;
  }

  async function runBeyond(step: Step, feeds: Feeds): Promise<Feeds> {
    const { run } = await loaded();
    budget.spend(elementsOf(feeds));

    return watched(watch, step, () => run(feeds));
  }

  return {
    runAhead,
    runCase,
    load: async () => {
      await loaded();
    },
    remembers: ({ name }) => remembered.has(name),
    runOnce,
    run: (what, feeds) => runBeyond(running(what, feeds), feeds),
    probe: (what, feeds) => runBeyond(probing(what, feeds), feeds),
    time: (what, path, feeds) => openTimed(watch, what, path, feeds),
    version: runtimeVersion(),
    async close() {
      const opened = await loaded().catch(() => null);
      await opened?.release();
    },
  };
}

async function openTimed(
  watch: Watch,
  what: string,
  path: string,
  feeds: Feeds,
): Promise<TimedSession> {
  const start = performance.now();
  const { time, release } = await watched(watch, loading(what), () =>
    loadModel(path, "all", MEASURED_THREADS),
  );

  const loadMs = performance.now() - start;

  return {
    loadMs,
    run: (times) =>
      watched(watch, running(`measuring ${what}`, feeds), () =>
        time(feeds, times),
      ),
    release,
  };
}

function bytesOf(tensors: Feeds): number {
  return [...tensors.values()].reduce(
    (sum, { data }) => sum + data.byteLength,
    0,
  );
}
