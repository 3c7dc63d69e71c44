import type { MachineFault } from "../../machine-fault.ts";
import type { Finding, Measured } from "../check.ts";
import type { CheckName } from "../checks/registry.ts";
import type { LostProbes } from "../runtime/probes.ts";
import type { Step } from "../runtime/watch.ts";
import type { Subject } from "../subject.ts";
import type { WorkerLimits } from "./limits.ts";

/** What the worker is asked: a line of its standard input each, and more than one where it is shared. */
export interface WorkerRequest {
  subject: Subject;
  /** Names of session checks, in their order. */
  checks: CheckName[];
  limits: WorkerLimits;
  /** An empty folder; who gives it removes it, also where the worker is killed. */
  scratch: string;
  /** Runs far beyond the references that ended a worker before this one. */
  lostProbes: LostProbes;
  /** Models in threads of their own, and checks beside each other; which run ended the process is then not known. */
  sideBySide?: boolean | undefined;
  /** Outputs to be written to the scratch folder. */
  record?: RecordWish;
}

/** Which outputs of which cases of the references are written, to a file of the scratch folder. */
export interface RecordWish {
  file: string;
  cases: string[];
  outputs: string[];
}

/** Names of the cases that were written, and why the others were not. */
export interface Recorded {
  cases: string[];
  refused: string[];
}

/** Its limit of time; the machine's time, of which it got next to none; its limit of memory. */
export type StopReason = "time" | "starved" | "memory";

/**
 * What the worker says, on file descriptor 3. `ready` comes when ONNX Runtime is loaded, before a byte of the model. `doing` comes before ONNX Runtime is entered, which may never come back,
 * and `back` where it did. `done` ends a request. `prevented` and `bug` are its last words.
 */
export type WorkerMessage =
  | { say: "ready" }
  | { say: "check"; check: CheckName }
  | { say: "doing"; step: Step }
  | { say: "back" }
  | { say: "found"; check: CheckName; finding: Measured<Finding> }
  | { say: "recorded"; recorded: Recorded }
  | { say: "done" }
  | { say: "stopped"; why: StopReason }
  | { say: "prevented"; fault: MachineFault }
  | { say: "bug"; stack: string };

/** Lines of the pipe are short; a message is cut into as many as it needs. */
const PIECE = 8000;
const MORE = "+";
const LAST = ".";
/** From the watchdog's thread, which must not wait for the end of a message. */
const URGENT = "!";

/** Lines for one message. Non-ASCII is escaped, so that a cut never parts a character. */
export function toLines(message: WorkerMessage): string {
  const text = JSON.stringify(message).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  if (message.say === "stopped") return `${URGENT}${text}\n`;

  const lines: string[] = [];
  for (let at = 0; at < text.length; at += PIECE)
    lines.push(
      `${at + PIECE < text.length ? MORE : LAST}${text.slice(at, at + PIECE)}\n`,
    );

  return lines.join("");
}

/** Puts lines together again; what is not a message of ours is left out. */
export function messageReader(
  onMessage: (message: WorkerMessage) => void,
): (line: string) => void {
  let parts: string[] = [];
  return (line) => {
    const rest = line.slice(1);
    if (line.startsWith(MORE)) parts.push(rest);
    else if (line.startsWith(URGENT)) emit(rest);
    else if (line.startsWith(LAST)) {
      const whole = [...parts, rest].join("");
      parts = [];
      emit(whole);
    }
  };

  function emit(text: string): void {
    let message: WorkerMessage;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }

    onMessage(message);
  }
}
