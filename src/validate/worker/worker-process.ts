import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import { type ChildOutcome, runChild } from "../../child/run-child.ts";
import type { Context } from "../../context.ts";
import { ExternalError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import { message, sentence } from "../../message.ts";
import {
  type Finding,
  type Measured,
  skipped,
  warned,
  wrong,
} from "../check.ts";
import { type CheckResult, resultOf } from "../check-result.ts";
import type { CheckName } from "../checks/registry.ts";
import type { Step } from "../runtime/watch.ts";
import type { Subject } from "../subject.ts";
import {
  messageReader,
  type WorkerLimits,
  type WorkerMessage,
  type WorkerRequest,
} from "./channel.ts";
import type { LostDetails } from "./lost-details.ts";

export interface SessionRequest {
  subject: Subject;
  /** Names of session checks, in their order. */
  checks: readonly CheckName[];
  limits: WorkerLimits;
  /** For all of them. */
  totalSeconds: number;
}

export type WorkerContext = Pick<
  Context,
  "worker" | "log" | "signal" | "environment" | "now"
>;

/**
 * Runs checks in a child process, as ONNX Runtime can crash, hang or eat all memory. What ends the child fails the
 * check that ran; the others go on in a new child. Throws `ExternalError` where the worker itself does not work.
 */
export async function runSessionChecks(
  ctx: WorkerContext,
  request: SessionRequest,
): Promise<Measured<CheckResult>[]> {
  const scratch = await mkdtemp(join(tmpdir(), "model-to-edge-validate-"));
  try {
    return await runAll(ctx, { ...request, scratch });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type ScratchRequest = SessionRequest & Pick<WorkerRequest, "scratch">;

async function runAll(
  ctx: WorkerContext,
  request: ScratchRequest,
): Promise<Measured<CheckResult>[]> {
  const results: Measured<CheckResult>[] = [];
  const end = ctx.now().getTime() + request.totalSeconds * 1000;
  let left = [...request.checks];

  while (left.length > 0) {
    const seen = await oneWorker(
      ctx,
      { ...request, checks: left },
      Math.max(1000, end - ctx.now().getTime()),
    );

    results.push(...seen.found);

    const found = new Set(seen.found.map(({ check }) => check));
    left = left.filter((check) => !found.has(check));
    if (left.length === 0) break;
    if (seen.running === null || found.has(seen.running))
      throw brokenWorker(ctx, seen.outcome);

    results.push(resultOf(seen.running, lossOf(seen, request)));
    left = left.filter((check) => check !== seen.running);
    if (seen.running !== "load") continue;

    for (const check of left.splice(0))
      results.push(
        resultOf(check, skipped("not run: the model does not load")),
      );
  }

  return results;
}

interface Seen {
  found: Measured<CheckResult>[];
  /** The check that had begun and not ended. */
  running: CheckName | null;
  /** What ONNX Runtime was last entered for. */
  doing: Step | null;
  stopped: "time" | "memory" | null;
  outcome: ChildOutcome;
}

async function oneWorker(
  ctx: WorkerContext,
  request: ScratchRequest,
  timeoutMs: number,
): Promise<Seen> {
  const seen: Omit<Seen, "outcome"> = {
    found: [],
    running: null,
    doing: null,
    stopped: null,
  };

  const { subject, checks, limits, scratch } = request;
  const input: WorkerRequest = {
    subject,
    checks: [...checks],
    limits,
    scratch,
  };

  const outcome = await runChild(ctx, {
    command: execPath,
    args: [ctx.worker],
    cwd: dirname(subject.model),
    env: {},
    input: JSON.stringify(input),
    extraFd: messageReader((said) => note(seen, said)),
    timeoutMs,
    graceMs: 0,
    maxLogBytes: 64 * 1024,
    signal: ctx.signal,
  });
  if (outcome.aborted) throw ctx.signal.reason;

  return { ...seen, outcome };
}

function note(seen: Omit<Seen, "outcome">, said: WorkerMessage): void {
  if (said.say === "check") seen.running = said.check;
  if (said.say === "doing") seen.doing = said.step;
  if (said.say === "stopped") seen.stopped = said.why;
  if (said.say !== "found") return;

  seen.found.push(resultOf(said.check, said.finding));
  seen.running = null;
}

/** Why the child ended before its check did. */
function lossOf(seen: Seen, request: SessionRequest): Finding<LostDetails> {
  const { message: fault, details } = faultOf(seen, request);
  // ONNX Runtime's own GRU and LSTM end the process here, whatever was converted.
  if (!seen.doing?.isEmpty || seen.outcome.timedOut)
    return wrong(fault, details);

  return warned(
    {
      ...fault,
      parts: sentence`${fault.parts}; on a device, leave out the call where there is nothing to compute`,
    },
    details,
  );
}

function faultOf(
  { stopped, doing, outcome }: Seen,
  { limits, totalSeconds }: SessionRequest,
): Pick<Finding<LostDetails>, "message" | "details"> {
  const where = doing ? ` (${doing.what})` : "";
  const { signal, exitCode } = outcome;
  const details = {
    signal,
    exit_code: exitCode,
    doing: doing?.what ?? "",
    stopped,
  };

  if (stopped === "memory") {
    const says = `ONNX Runtime needs more than ${formatBytes(limits.bytes)} of memory${where}: no device could run this`;
    return { message: message("memory-limit", says), details };
  }

  if (stopped === "time") {
    const seconds =
      doing?.kind === "load" ? limits.loadSeconds : limits.runSeconds;
    const says = `ONNX Runtime hangs: it did not come back within ${seconds} s${where}`;

    return { message: message("hangs", says), details };
  }

  if (outcome.timedOut) {
    const says = `the checks took longer than ${totalSeconds} s in all${where}`;
    return { message: message("time-limit", says), details };
  }

  const how = signal
    ? `crashes with ${signal}${meaning(signal)}`
    : `ends with exit code ${exitCode}`;

  const last = outcome.tail.at(-1);

  const says = `ONNX Runtime ${how}${where}${last ? `: ${last}` : ""}`;

  return { message: message("crashes", says), details };
}

function meaning(signal: string): string {
  const known: Record<string, string> = {
    SIGFPE: ", an integer division that no processor can do",
    SIGSEGV: ", an access to memory that is not there",
    SIGABRT: ", its own emergency stop",
    SIGKILL: ", killed from outside: the machine's memory may be full",
  };
  return known[signal] ?? "";
}

function brokenWorker(
  ctx: WorkerContext,
  outcome: ChildOutcome,
): ExternalError {
  for (const line of outcome.tail) ctx.log.warn(line);
  const how = outcome.signal ?? `exit code ${outcome.exitCode}`;

  return new ExternalError(
    `the validation's process ended before its checks (${how}): ${outcome.tail.at(-1) ?? "it said nothing"}`,
    {
      code: "worker-broken",
      hint: "run model-to-edge doctor: it says whether ONNX Runtime works on this machine",
    },
  );
}
