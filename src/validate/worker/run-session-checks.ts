import { rm } from "node:fs/promises";
import { type AppError, ExternalError } from "../../errors.ts";
import { faultInOutput, prevented } from "../../machine-fault.ts";
import { type Measured, skipped } from "../check.ts";
import { type CheckResult, resultOf } from "../check-result.ts";
import type { CheckName } from "../checks/registry.ts";
import type { LostProbes } from "../runtime/probes.ts";
import type { Subject } from "../subject.ts";
import {
  type BegunWorker,
  NOT_CHECKED,
  scratchFolder,
} from "./begin-worker.ts";
import type { WorkerRequest } from "./channel.ts";
import type { WorkerLimits } from "./limits.ts";
import { lostProbe } from "./lost-probe.ts";
import { freeMemory } from "./memory-room.ts";
import { runWorker } from "./start-worker.ts";
import { judgeEnd, killedFault } from "./worker-end.ts";
import type { Seen, WorkerContext } from "./worker-process.ts";

/** `begun` is the first process, where one was started before its request was known. */
type ChecksContext = WorkerContext & { begun?: BegunWorker };

export interface SessionRequest {
  subject: Subject;
  /** Names of session checks, in their order. */
  checks: readonly CheckName[];
  limits: WorkerLimits;
  /** For all of them; side by side, and again for those that are left. */
  totalSeconds: number;
  /** First side by side; what that does not find, one after the other. */
  sideBySide?: boolean;
}

type ScratchRequest = SessionRequest & Pick<WorkerRequest, "scratch">;
type OneRequest = ScratchRequest &
  Pick<WorkerRequest, "lostProbes" | "sideBySide">;

/**
 * Runs checks in a child process, as ONNX Runtime can crash, hang or eat all memory. What ends the child by the model's
 * fault fails the check that ran; the others go on in a new child. Throws what `prevented` makes where the machine
 * prevented a check: then there is no verdict at all.
 */
export async function runSessionChecks(
  ctx: ChecksContext,
  request: SessionRequest,
): Promise<Measured<CheckResult>[]> {
  const scratch = ctx.begun?.scratch ?? (await scratchFolder());
  try {
    return await runAll(ctx, { ...request, scratch });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function runAll(
  ctx: ChecksContext,
  request: ScratchRequest,
): Promise<Measured<CheckResult>[]> {
  const results = await runSideBySide(ctx, request);
  const deadline = ctx.now().getTime() + request.totalSeconds * 1000;
  const known = new Set<CheckName>(results.map(({ check }) => check));
  let left = request.checks.filter((check) => !known.has(check));
  let again: CheckName | null = null;
  let lostProbes: LostProbes = [];

  while (left.length > 0) {
    const timeLeft = Math.max(1000, deadline - ctx.now().getTime());
    const checks: CheckName[] = again === null ? left : [again];
    const seen = await runOne(
      ctx,
      { ...request, checks, lostProbes, sideBySide: false },
      timeLeft,
    );

    results.push(...seen.found);

    const found = new Set<CheckName>(seen.found.map(({ check }) => check));
    left = left.filter((check) => !found.has(check));
    if (checks.every((check) => found.has(check))) {
      again = null;
      continue;
    }

    const room = { ...request, freeBytes: freeMemory() };
    const lost = lostProbe(seen, room);
    if (lost) {
      lostProbes = [...lostProbes, lost];
      continue;
    }

    const running = runningCheck(ctx, seen);
    const isSecond = again === running;
    const end = judgeEnd(seen, room);

    if (end.kind === "machine") {
      if (end.isSure || isSecond) throw prevented(NOT_CHECKED, end.fault);
      again = running;
      continue;
    }

    again = null;
    results.push(resultOf(running, end.finding));
    left = left.filter((check) => check !== running);
    if (running === "load") results.push(...notLoaded(left.splice(0)));
  }

  return results;
}

/**
 * What the checks find side by side; nothing if that is not asked for, or if their process ended. Whose run ended it is
 * not known, nor whether it would have ended alone: then they are left for a process that runs one after the other.
 */
async function runSideBySide(
  ctx: ChecksContext,
  request: ScratchRequest,
): Promise<Measured<CheckResult>[]> {
  if (!request.sideBySide) return [];

  const seen = await runOne(
    ctx,
    { ...request, lostProbes: [] },
    request.totalSeconds * 1000,
  );
  if (seen.bug !== null) throw bugIn(seen.bug);

  return seen.found;
}

function notLoaded(checks: readonly CheckName[]): CheckResult[] {
  return checks.map((check) =>
    resultOf(check, skipped("not run: the model does not load")),
  );
}

function runOne(
  ctx: ChecksContext,
  { subject, checks, limits, scratch, lostProbes, sideBySide }: OneRequest,
  timeoutMs: number,
): Promise<Seen> {
  const request = {
    ...{ subject, checks: [...checks], limits },
    ...{ scratch, lostProbes, sideBySide },
  };
  const begun = ctx.begun?.take();

  return begun
    ? begun.ask(request, ctx.signal)
    : runWorker(ctx, request, timeoutMs);
}

/** The check that the worker lost. Throws where it has not begun one, and on a bug of ours. */
function runningCheck(ctx: WorkerContext, seen: Seen): CheckName {
  const { prevented: fault, bug, running } = seen;
  if (fault) throw prevented(NOT_CHECKED, fault);
  if (bug !== null) throw bugIn(bug);
  if (running === null) throw brokenWorker(ctx, seen);

  return running;
}

function bugIn(stack: string): Error {
  return new Error(`in the validation process: ${stack}`);
}

function brokenWorker(
  ctx: WorkerContext,
  { outcome, stopped }: Seen,
): AppError {
  const fault = faultInOutput(outcome.tail);
  if (fault) return prevented(NOT_CHECKED, fault);
  if (outcome.signal === "SIGKILL" && !outcome.timedOut && stopped === null)
    return prevented(NOT_CHECKED, killedFault("the process of the checks"));

  for (const line of outcome.tail) ctx.log.warn(line);
  const how = outcome.signal ?? `exit code ${outcome.exitCode}`;

  return new ExternalError(
    `the validation process ended before its checks (${how}): ${outcome.tail.at(-1) ?? "it printed nothing"}`,
    {
      code: "worker-broken",
      hint: "run `model-to-edge doctor`: it reports whether ONNX Runtime works on this machine",
    },
  );
}
