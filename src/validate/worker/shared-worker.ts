import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { execPath } from "node:process";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { runChild } from "../../child/run-child.ts";
import { temporaryFolder } from "../../disk/temporary-folder.ts";
import type { Measured } from "../check.ts";
import type { CheckResult } from "../check-result.ts";
import { messageReader, type WorkerMessage } from "./channel.ts";
import { isFoundWrong, writeKnownWrong } from "./known-wrong.ts";
import { limitsFor } from "./limits.ts";
import type { SessionRequest } from "./run-session-checks.ts";
import { note, nothingSeen, type WorkerContext } from "./worker-process.ts";
import { sandboxedWorker, workerSandbox } from "./worker-sandbox.ts";

/** Models that one process checks before another one takes over. */
const MODELS = 32;
/** Bytes of a model: beside the checks of a larger one, the start of a process costs nothing. */
const LARGEST = 32 << 20;
const { bytes: MEMORY } = limitsFor(LARGEST);

/** A process that checks one model after the other; its start costs more than the checks of a small model. */
export interface SharedWorker {
  /**
   * What the checks found of a model below `root`. Null where this process cannot tell: the model is large, or the process
   * crashed, hung, met what it could not go on with, or does not find a wrong model wrong afterwards. Then nothing is known
   * of the model, and a process of its own must say it. Rejects with the abort's reason.
   */
  checks(
    request: SessionRequest,
    signal: AbortSignal,
  ): Promise<Measured<CheckResult>[] | null>;
  /** Ends the process, and leaves nothing below `root`. */
  close(): Promise<void>;
}

/**
 * Processes for checks of many models, in the same sandbox as that of one: it reads what lies below `root`, an absolute
 * path that stays as long as they are used, and gets a folder of theirs. A model that does harm in ONNX Runtime may make
 * the next one look bad: who uses this checks again what is not good, alone.
 */
export function shareWorker(ctx: WorkerContext, root: string): SharedWorker {
  let current: SharedProcess | null = null;
  let wrong: SessionRequest | null = null;
  let starts = true;

  async function end(): Promise<void> {
    const ending = current;
    current = null;
    await ending?.end();
  }

  return {
    async checks(request, signal) {
      if (!starts || request.limits.bytes > MEMORY) return null;

      wrong ??= await writeKnownWrong(join(root, "known-wrong"));
      const shared = current ?? (await startShared(ctx, root));
      current = shared;

      try {
        const found = await shared.check(request, signal);
        starts = shared.isReady();
        const isSound =
          found !== null && isFoundWrong(await shared.check(wrong, signal));
        if (!isSound || shared.isSpent()) await end();

        return isSound ? found : null;
      } catch (error) {
        await end();
        throw error;
      }
    },
    async close() {
      await end();
      if (wrong) await rm(wrong.subject.folder, { recursive: true });
    },
  };
}

interface SharedProcess {
  check: SharedWorker["checks"];
  /** It has started: else neither would another one. */
  isReady(): boolean;
  isSpent(): boolean;
  end(): Promise<void>;
}

async function startShared(
  ctx: WorkerContext,
  root: string,
): Promise<SharedProcess> {
  const scratch = await temporaryFolder("model-to-edge-validate-");
  const input = new PassThrough();
  const stop = new AbortController();
  let take: (message: WorkerMessage) => void = () => undefined;
  let asked = 0;
  let isReady = false;

  const ended = runChild(ctx, {
    ...(await wordsOf(ctx, root, scratch)),
    cwd: root,
    env: {},
    input,
    extraFd: messageReader((message) => take(message)),
    graceMs: 0,
    maxLogBytes: 64 * 1024,
    signal: AbortSignal.any([ctx.signal, stop.signal]),
    // What keeps it from starting is told by the process of the model's own.
  }).then(gone, gone);

  async function ask(
    { subject, checks, limits, totalSeconds }: SessionRequest,
    signal: AbortSignal,
  ): Promise<Measured<CheckResult>[] | null> {
    const own = join(scratch, String(asked++));
    await mkdir(own);

    const seen = nothingSeen();
    const over = new AbortController();
    const done = new Promise<boolean>((resolve) => {
      take = (message) => {
        if (message.say === "done") resolve(true);
        else note(seen, message);
      };
    });

    const request = {
      ...{ subject, checks: [...checks], scratch: own, lostProbes: [] },
      limits: { ...limits, bytes: MEMORY },
    };
    input.write(`${JSON.stringify(request)}\n`);
    const isDone = await Promise.race([
      ...[done, ended],
      aborted(AbortSignal.any([signal, over.signal])),
      late(totalSeconds * 1000, over.signal),
    ]);

    over.abort();
    isReady ||= seen.ready;
    signal.throwIfAborted();
    await rm(own, { recursive: true, force: true });

    const found = new Set(seen.found.map(({ check }) => check));
    return isDone && checks.every((check) => found.has(check))
      ? seen.found
      : null;
  }

  return {
    check: ask,
    isReady: () => isReady,
    // Each with the one that is known to be wrong.
    isSpent: () => asked >= 2 * MODELS,
    async end() {
      stop.abort();
      await ended;
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

function gone(): false {
  return false;
}

function aborted(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(false), { once: true });
  });
}

function late(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, false, { signal, ref: false }).catch(gone);
}

async function wordsOf(
  ctx: WorkerContext,
  root: string,
  scratch: string,
): Promise<{ command: string; args: string[] }> {
  const sandbox = await workerSandbox(ctx);

  return sandbox === null
    ? { command: execPath, args: [ctx.worker] }
    : sandboxedWorker(sandbox, ctx, { models: [root], scratch });
}
