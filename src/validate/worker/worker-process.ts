import { dirname } from "node:path";
import { execPath } from "node:process";
import { plainEnd } from "../../child/plain-end.ts";
import { type ChildOutcome, runChild } from "../../child/run-child.ts";
import type { Context } from "../../context.ts";
import type { MachineFault } from "../../machine-fault.ts";
import type { Measured } from "../check.ts";
import { type CheckResult, resultOf } from "../check-result.ts";
import type { CheckName } from "../checks/registry.ts";
import type { Step } from "../runtime/watch.ts";
import {
  messageReader,
  type Recorded,
  type StopReason,
  type WorkerMessage,
  type WorkerRequest,
} from "./channel.ts";
import {
  modelFolders,
  sandboxedWorker,
  workerSandbox,
} from "./worker-sandbox.ts";

/** A process that has not loaded ONNX Runtime by then never will: short of memory, its threads wait for each other. */
const START_MS = 120_000;

/** Of glibc: with a heap for each thread, what one gives back is of no use to another. */
const ONE_HEAP = { MALLOC_ARENA_MAX: "1" };

export type WorkerContext = Pick<
  Context,
  "worker" | "log" | "signal" | "environment" | "now"
>;

/** What a worker's process said, and how it ended. */
export interface Seen {
  /** It had loaded ONNX Runtime. */
  ready: boolean;
  found: Measured<CheckResult>[];
  /** The check that had begun and not ended. */
  running: CheckName | null;
  /** What ONNX Runtime was last entered for. */
  doing: Step | null;
  /** ONNX Runtime was entered and did not come back. */
  inside: boolean;
  /** Null where nothing was to be recorded, or it was not done. */
  recorded: Recorded | null;
  stopped: StopReason | null;
  prevented: MachineFault | null;
  /** Stack of an error that nobody foresaw. */
  bug: string | null;
  outcome: ChildOutcome;
}

/**
 * Runs one worker until its process is gone, in a sandbox where the machine has one: ONNX Runtime parses foreign bytes.
 * Where the sandbox keeps the worker itself from starting, it runs without, which is said. Rejects with the abort's reason
 * where it was called off.
 */
export async function runWorker(
  ctx: WorkerContext,
  request: WorkerRequest,
  timeoutMs: number,
): Promise<Seen> {
  const sandbox = await workerSandbox(ctx);
  const plain = { command: execPath, args: [ctx.worker] };
  if (sandbox === null) return runIn(ctx, plain, request, timeoutMs);

  const inside = await sandboxedWorker(sandbox, ctx, {
    models: modelFolders(request.subject),
    scratch: request.scratch,
  });
  const seen = await runIn(ctx, inside, request, timeoutMs);
  // Nothing of the model was read: it cannot have caused this.
  if (seen.ready || seen.outcome.timedOut) return seen;

  ctx.log.warn(
    `the checks run without a sandbox: with ${sandbox.level} their process does not start (${seen.outcome.tail.at(-1) ?? "it printed nothing"})`,
    "isolation.md",
  );

  return runIn(ctx, plain, request, timeoutMs);
}

async function runIn(
  ctx: WorkerContext,
  words: { command: string; args: string[] },
  request: WorkerRequest,
  timeoutMs: number,
): Promise<Seen> {
  const seen = nothingSeen();
  const start = new AbortController();
  const timer = setTimeout(() => start.abort(), START_MS);

  const outcome = await runChild(ctx, {
    ...words,
    cwd: dirname(request.subject.model),
    env: ONE_HEAP,
    input: JSON.stringify(request),
    extraFd: messageReader((message) => {
      note(seen, message);
      if (seen.ready) clearTimeout(timer);
    }),
    timeoutMs,
    graceMs: 0,
    maxLogBytes: 64 * 1024,
    signal: AbortSignal.any([ctx.signal, start.signal]),
  }).finally(() => clearTimeout(timer));
  ctx.signal.throwIfAborted();
  if (outcome.aborted) return { ...seen, outcome: notStarted(outcome) };

  return { ...seen, outcome: { ...outcome, ...plainEnd(outcome) } };
}

function notStarted(outcome: ChildOutcome): ChildOutcome {
  const tail = [
    `it did not start within ${START_MS / 1000} s, which can happen if there is too little memory`,
  ];
  return { ...outcome, tail, aborted: false, timedOut: true };
}

/** Of a worker that has said nothing yet. */
export function nothingSeen(): Omit<Seen, "outcome"> {
  return {
    ready: false,
    found: [],
    running: null,
    doing: null,
    inside: false,
    recorded: null,
    stopped: null,
    prevented: null,
    bug: null,
  };
}

/** Takes a message of the worker into what was seen of it. */
export function note(
  seen: Omit<Seen, "outcome">,
  message: WorkerMessage,
): void {
  switch (message.say) {
    case "ready":
      seen.ready = true;
      break;
    case "check":
      seen.running = message.check;
      break;
    case "doing":
      [seen.doing, seen.inside] = [message.step, true];
      break;
    case "back":
      seen.inside = false;
      break;
    case "found":
      seen.found.push(resultOf(message.check, message.finding));
      seen.running = null;
      break;
    case "recorded":
      seen.recorded = message.recorded;
      break;
    case "stopped":
      seen.stopped = message.why;
      break;
    case "prevented":
      seen.prevented = message.fault;
      break;
    case "bug":
      seen.bug = message.stack;
  }
}
