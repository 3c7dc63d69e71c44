import { arch, cpus, platform } from "node:os";
import { memoryUsage, resourceUsage } from "node:process";
import type { Feeds } from "../evidence/tensor.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { TimedSession } from "../runtime/session.ts";
import type { Subject } from "../subject.ts";
import { compareWindows } from "./compare.ts";
import type { Measurement, PublishedComparison } from "./measurement.ts";
import { openPublished, type Published } from "./published-model.ts";
import { mean, median, sum } from "./times.ts";
import { takeTurns } from "./turns.ts";
import { paceOf, runTimesOf, type Windows } from "./windows.ts";

/** What is run. */
interface Work {
  /** Of the case of the references. */
  name: string;
  feeds: Feeds;
  /** Size of the model. */
  bytes: number;
}

/** For the windows of one model; where even three runs take longer, three it is. */
const BUDGET_MS = 2000;
/** A run that takes longer is not repeated. */
const SLOWEST_MS = 5000;
/** Where load time is over its budget, chance is ruled out. */
const LOADS = 3;

/** Loads and runs the model, and the published one in turns with it. Rejects where ONNX Runtime cannot. */
export async function measure(
  runtime: Runtime,
  subject: Subject,
  { name, feeds, bytes }: Work,
): Promise<Measurement> {
  const before = memoryUsage.rss();
  const own = await runtime.session.time("the model", subject.model, feeds);
  const [first = 0] = await own.run(1);
  const [second = 0] = first > SLOWEST_MS ? [first] : await own.run(1);
  const peak = resourceUsage().maxRSS * 1024;
  const slow = second > SLOWEST_MS;
  const other =
    slow || subject.published === null
      ? null
      : await openPublished(runtime.session.time, subject.published, {
          ...{ feeds, bytes },
          loadMs: own.loadMs,
        });

  const sessions = other?.session ? [own, other.session] : [own];
  const { window, taken } = await repeated(
    slow ? [] : sessions,
    Math.max(second, other?.runMs ?? 0),
    other?.session ? other.leftMs : Number.POSITIVE_INFINITY,
  );
  for (const session of sessions) await session.release();
  const [windows = [], others = []] = taken;
  const runs = runTimesOf(windows);

  return {
    machine: machine(runtime.session.version),
    input: {
      case: name,
      shapes: Object.fromEntries(
        [...feeds].map(([input, { dims }]) => [input, dims]),
      ),
    },
    size_bytes: bytes,
    load_ms: rounded(await leastLoad(runtime, subject, feeds, own.loadMs)),
    first_run_ms: rounded(first),
    p50_ms: runs && rounded(runs.p50),
    p95_ms: runs && runs.p95 !== null ? rounded(runs.p95) : null,
    mean_ms: runs && rounded(runs.mean),
    windows: {
      runs: window,
      means_ms: windows.map((runs) => rounded(mean(runs))),
    },
    memory: { peak_bytes: peak, model_bytes: Math.max(0, peak - before) },
    published: other && compared(other, windows, others),
  };
}

/**
 * Warms up, which tells the pace, and takes windows in turns. `runMs` is a guess at one run of the slowest; the second
 * session may take `leftMs` milliseconds.
 */
async function repeated(
  sessions: readonly TimedSession[],
  runMs: number,
  leftMs: number,
) {
  const { warmUp } = paceOf(runMs, Math.min(BUDGET_MS, leftMs));
  const warm: number[][] = [];
  for (const session of sessions) warm.push(await session.run(warmUp));

  const left = leftMs - sum(warm[1] ?? []);
  const slowest = Math.max(0, ...warm.map(median)) || runMs;
  const { window } = paceOf(slowest, Math.min(BUDGET_MS, left));

  return { window, taken: await takeTurns(sessions, window, left) };
}

function machine(version: string): Measurement["machine"] {
  const [first, ...others] = cpus();
  return {
    cpu: first?.model.trim() || "unknown",
    cores: others.length + 1,
    arch: arch(),
    os: platform(),
    runtime: version,
    provider: "cpu",
    threads: 1,
    optimisation: "all",
  };
}

function compared(
  { bytes, problem }: Published,
  own: Windows,
  published: Windows,
): PublishedComparison {
  const runs = runTimesOf(published);
  const ratio = problem === null ? compareWindows(own, published) : null;

  return {
    size_bytes: bytes,
    p50_ms: runs && rounded(runs.p50),
    ratio,
    problem,
  };
}

async function leastLoad(
  runtime: Runtime,
  { model, policy }: Subject,
  feeds: Feeds,
  first: number,
): Promise<number> {
  const limit = policy.performance.load_ms;
  let least = first;

  for (let load = 1; limit !== null && least > limit && load < LOADS; load++) {
    const session = await runtime.session.time("the model", model, feeds);
    await session.release();
    least = Math.min(least, session.loadMs);
  }

  return least;
}

/** To the microsecond. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
