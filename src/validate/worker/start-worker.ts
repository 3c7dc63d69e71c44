import { execPath } from "node:process";
import type { Isolation } from "../../engine/isolation-level.ts";
import type { WorkerRequest } from "./channel.ts";
import {
  runProcess,
  type Seen,
  type WorkerContext,
  type WorkerPlace,
  type WorkerRun,
} from "./worker-process.ts";
import {
  likelySandbox,
  modelFolders,
  sandboxedWorker,
  workerSandbox,
  worksHere,
} from "./worker-sandbox.ts";

/** A process that starts, and waits for what it is asked. */
export interface StartedWorker {
  /** Resolves when its process was started, or cannot be. */
  started: Promise<void>;
  /** Asks it, once, and waits until the process is gone. Rejects with the abort's reason where it was called off. */
  ask(request: WorkerRequest, signal: AbortSignal): Promise<Seen>;
  /** Ends it, asked or not, and waits until it is gone. */
  end(): Promise<void>;
}

/**
 * Starts one worker, in a sandbox where the machine has one: ONNX Runtime parses foreign bytes. Where the sandbox keeps
 * the worker itself from starting, it runs without, which is said. `timeoutMs` counts from its start.
 */
export function startWorker(
  ctx: WorkerContext,
  place: WorkerPlace,
  timeoutMs: number,
): StartedWorker {
  const stop = new AbortController();
  let tell: (request: string) => void = () => undefined;
  const asked = new Promise<string>((resolve) => {
    tell = resolve;
  });
  let isStarted: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    isStarted = resolve;
  });
  const seen = runSandboxed(ctx, {
    ...{ place, timeoutMs, asked, started: isStarted },
    signal: AbortSignal.any([ctx.signal, stop.signal]),
  });
  // Who asks is told.
  seen.catch(isStarted);

  return {
    started,
    ask(request, signal) {
      const callOff = () => stop.abort(signal.reason);
      if (signal.aborted) callOff();
      else signal.addEventListener("abort", callOff, { once: true });
      tell(JSON.stringify(request));

      return seen.finally(() => signal.removeEventListener("abort", callOff));
    },
    async end() {
      stop.abort();
      await seen.catch(() => undefined);
    },
  };
}

/** Runs one worker until its process is gone. Rejects with the abort's reason where it was called off. */
export function runWorker(
  ctx: WorkerContext,
  request: WorkerRequest,
  timeoutMs: number,
): Promise<Seen> {
  return startWorker(ctx, request, timeoutMs).ask(request, ctx.signal);
}

async function runSandboxed(ctx: WorkerContext, run: WorkerRun): Promise<Seen> {
  const likely = await likelySandbox(ctx);
  const first = likely && (await runInside(likely, ctx, run));
  if (likely && first && isStarted(first)) {
    worksHere(ctx, likely);
    return first;
  }

  // What works on this machine does not depend on whether this worker is called off.
  const sandbox = await workerSandbox(ctx);
  const plain = { command: execPath, args: [ctx.worker] };
  if (sandbox === null) return runProcess(ctx, plain, run);

  const seen = await runInside(sandbox, ctx, run);
  // Nothing of the model was read: it cannot have caused this.
  if (isStarted(seen)) return seen;

  ctx.log.warn(
    `the checks run without a sandbox: with ${sandbox.level} their process does not start (${seen.outcome.tail.at(-1) ?? "it printed nothing"})`,
    "isolation.md",
  );

  return runProcess(ctx, plain, run);
}

function isStarted({ ready, outcome }: Seen): boolean {
  return ready || outcome.timedOut;
}

async function runInside(
  sandbox: Isolation,
  ctx: WorkerContext,
  run: WorkerRun,
): Promise<Seen> {
  const { subject, scratch } = run.place;
  const inside = await sandboxedWorker(sandbox, ctx, {
    models: modelFolders(subject),
    scratch,
  });

  return runProcess(ctx, inside, run);
}
