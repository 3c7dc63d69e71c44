import { dirname } from "node:path";
import { PassThrough } from "node:stream";
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

/** What a worker's process must know before it starts: whose files it may read, and the folder that it writes to. */
export type WorkerPlace = Pick<WorkerRequest, "subject" | "scratch">;

/** A worker that runs, or is about to. */
export interface WorkerRun {
  place: WorkerPlace;
  /** The request's JSON, once it is known. */
  asked: Promise<string>;
  /** From the start of the process. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Called when its process was started. */
  started(): void;
}

/** Runs one worker until its process is gone. Rejects with the abort's reason where it was called off. */
export async function runProcess(
  ctx: WorkerContext,
  words: { command: string; args: string[] },
  { place, asked, timeoutMs, signal, started }: WorkerRun,
): Promise<Seen> {
  const seen = nothingSeen();
  const start = new AbortController();
  const over = new AbortController();
  const input = new PassThrough();
  let timer: NodeJS.Timeout | undefined;
  void asked.then((request) => {
    timer = setTimeout(() => start.abort(), START_MS).unref();
    input.end(request);
  });

  const child = runChild(ctx, {
    ...words,
    cwd: dirname(place.subject.model),
    env: ONE_HEAP,
    input,
    extraFd: messageReader((message) => {
      note(seen, message);
      if (seen.ready) clearTimeout(timer);
      if (message.say === "done") over.abort();
    }),
    timeoutMs,
    graceMs: 0,
    maxLogBytes: 64 * 1024,
    signal: AbortSignal.any([signal, start.signal, over.signal]),
  });
  started();
  const outcome = await child.finally(() => clearTimeout(timer));
  signal.throwIfAborted();
  if (outcome.aborted && !over.signal.aborted)
    return { ...seen, outcome: notStarted(outcome) };

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
