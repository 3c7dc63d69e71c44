import { LACKS_MEMORY, type MachineFault } from "../../machine-fault.ts";
import { formatBytes } from "../../text/format-bytes.ts";
import { type Message, message, sentence } from "../../text/message.ts";
import { type Finding, unproven, warned, wrong } from "../check.ts";
import type { WorkerLimits } from "./limits.ts";
import type { LostDetails } from "./lost-details.ts";
import type { Seen } from "./worker-process.ts";

/**
 * What it means that a worker ended before its check did. Evidence against the model or the references is a finding; of
 * the machine there is none, and where its fault is only likely, the check is run once more, alone.
 */
export type WorkerEnd =
  | { kind: "finding"; finding: Finding<LostDetails> }
  | { kind: "machine"; fault: MachineFault; isSure: boolean };

/** What the worker was given, and what the machine has. */
export interface WorkerRoom {
  limits: WorkerLimits;
  totalSeconds: number;
  /** Bytes of memory that a new process could get now. */
  freeBytes: number;
}

/** Nothing that a model does sends these: the kernel where memory is short, or somebody. */
const FROM_OUTSIDE: readonly string[] = [
  ...["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"],
  ...["SIGXCPU", "SIGXFSZ", "SIGUSR1", "SIGUSR2"],
];
export function isFromOutside(signal: string): boolean {
  return FROM_OUTSIDE.includes(signal);
}

/**
 * What ended the process with SIGKILL, where neither we nor a deadline did: nearly always the kernel, for its memory.
 * `whose` names the process.
 */
export function killedFault(whose: string): MachineFault {
  return {
    code: "check-killed",
    what: `${whose} was killed (SIGKILL)`,
    hint: "most often it ran out of memory: use a runner with more memory, fewer jobs at once, or fewer or smaller cases in the references",
  };
}

/** What a process does to itself where it gets no memory, among other reasons. */
const OUT_OF_MEMORY: readonly string[] = ["SIGABRT", "SIGTRAP", "SIGBUS"];

/** What ONNX Runtime logs below an error says nothing of its end. */
const NOTICE = /\[[VIW]:onnxruntime/;

const MORE_TIME =
  "run the job again when the machine is less busy; if that does not help, use fewer or smaller cases in the references";

/** Pure: by what the worker said, its exit, and the machine's memory. */
export function judgeEnd(seen: Seen, room: WorkerRoom): WorkerEnd {
  const fault = machineEnd(seen, room);
  if (fault) return fault;

  const details: LostDetails = {
    signal: seen.outcome.signal,
    exit_code: seen.outcome.exitCode,
    doing: seen.doing?.what ?? "",
    stopped: seen.stopped,
  };
  if (seen.stopped === "memory" && !seen.inside)
    return finding(unproven(tooLarge(room), details));

  const against = modelFault(seen, room);
  // ONNX Runtime's own GRU and LSTM end the process here, whatever was converted.
  if (!seen.doing?.isEmpty) return finding(wrong(against, details));

  const parts = sentence`${against.parts}; on a device, skip the call if there is nothing to compute`;

  return finding(warned({ ...against, parts }, details));
}

function finding(found: Finding<LostDetails>): WorkerEnd {
  return { kind: "finding", finding: found };
}

function machineEnd(seen: Seen, room: WorkerRoom): WorkerEnd | null {
  const { prevented, outcome, stopped, inside } = seen;
  if (prevented) return machine(prevented, true);

  if (outcome.timedOut)
    return machine(
      outOfTime(
        `the checks took longer than ${room.totalSeconds} s in all${place(seen)}`,
      ),
      true,
    );

  if (stopped === "starved")
    return machine(
      outOfTime(`the machine gave the checks almost no CPU time${place(seen)}`),
      false,
    );

  if (stopped === "time" && !inside)
    return machine(
      outOfTime(
        `the check ${seen.running ?? ""} computed for more than ${room.limits.ownSeconds} s`,
      ),
      true,
    );

  return stopped === null ? signalEnd(seen, room) : null;
}

function signalEnd(
  { outcome: { signal }, inside, running }: Seen,
  { limits, freeBytes }: WorkerRoom,
): WorkerEnd | null {
  if (signal === null) return null;

  const whose = `the process of the check ${running ?? ""}`;
  if (signal === "SIGKILL") return machine(killedFault(whose), false);

  if (isFromOutside(signal) || !inside)
    return machine(
      {
        code: "killed",
        what: `${whose} was ended by ${signal}`,
        hint: "check the runner's log for what ended it, then run the job again",
      },
      false,
    );

  return OUT_OF_MEMORY.includes(signal) && freeBytes < limits.bytes
    ? machine(LACKS_MEMORY, false)
    : null;
}

function machine(fault: MachineFault, isSure: boolean): WorkerEnd {
  return { kind: "machine", fault, isSure };
}

function outOfTime(what: string): MachineFault {
  return { code: "time", what, hint: MORE_TIME };
}

function tooLarge({ limits }: WorkerRoom): Message {
  return message(
    "references-too-large",
    `comparing takes more than ${formatBytes(limits.bytes)} of memory; use fewer or smaller cases in the references`,
    "compare",
  );
}

/** ONNX Runtime did not come back. */
function modelFault(seen: Seen, { limits }: WorkerRoom): Message {
  const { stopped, doing, outcome } = seen;
  const where = place(seen);

  if (stopped === "memory")
    return message(
      "memory-limit",
      `ONNX Runtime needs more than ${formatBytes(limits.bytes)} of memory${where}: no device could run this`,
    );

  if (stopped === "time") {
    const seconds =
      doing?.kind === "load" ? limits.loadSeconds : limits.runSeconds;

    return message(
      "hangs",
      `ONNX Runtime hangs: it did not return within ${seconds} s${where}`,
    );
  }

  const { signal, exitCode, tail } = outcome;
  const last = tail.findLast((line) => !NOTICE.test(line));
  const how = signal
    ? `crashes with ${signal}${MEANING[signal] ?? ""}`
    : `ends with exit code ${exitCode}`;

  return message(
    "crashes",
    `ONNX Runtime ${how}${where}${last ? `: ${last}` : ""}`,
  );
}

function place({ doing }: Seen): string {
  return doing ? ` (${doing.what})` : "";
}

const MEANING: Readonly<Record<string, string>> = {
  SIGFPE: ", an invalid integer division",
  SIGSEGV: ", an invalid memory access",
  SIGABRT: ", an abort by the library itself",
};
