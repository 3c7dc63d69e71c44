import { type Message, type Says, toMessage } from "../message.ts";
import type { OnnxModel } from "../onnx/model.ts";
import type { Measurement } from "./performance/measurement.ts";
import type { Runtime } from "./runtime/runtime.ts";
import type { Subject } from "./subject.ts";

/**
 * What a check says. A `fail` is `wrong` (evidence against the model) or `unproven` (not enough evidence).
 * The message is one sentence for a person, with a code for machines; details are for machines and reports.
 */
export interface CheckResult {
  check: string;
  status: "pass" | "warn" | "fail" | "skip";
  kind?: "wrong" | "unproven";
  message: Message;
  details: Record<string, unknown>;
}

/** What a check finds; its name is added by who runs it. */
export type Finding = Omit<CheckResult, "check">;

/** With what the machine measured, which never gets into a verdict: that must be the same bytes everywhere. */
export type Measured<T> = T & { measured?: Measurement };
/**
 * One check. `folder` checks need only files; `graph` checks need the parsed protobuf; `session` checks need
 * ONNX Runtime and run in the worker's child process.
 */
export type FolderCheck = {
  name: string;
  needs: "folder";
  run(subject: Subject): Promise<Finding>;
};
export type GraphCheck = {
  name: string;
  needs: "graph";
  run(subject: Subject, graph: OnnxModel): Promise<Finding>;
};
export type SessionCheck = {
  name: string;
  needs: "session";
  run(
    subject: Subject,
    graph: OnnxModel,
    runtime: Runtime,
  ): Promise<Measured<Finding>>;
};

export function passed(
  says: Says,
  details: Record<string, unknown> = {},
): Finding {
  return { status: "pass", message: toMessage(says), details };
}

export function skipped(
  says: Says,
  details: Record<string, unknown> = {},
): Finding {
  return { status: "skip", message: toMessage(says), details };
}

export function warned(
  says: Says,
  details: Record<string, unknown> = {},
): Finding {
  return { status: "warn", message: toMessage(says), details };
}

export function wrong(
  says: Says,
  details: Record<string, unknown> = {},
): Finding {
  return { status: "fail", kind: "wrong", message: toMessage(says), details };
}

export function unproven(
  says: Says,
  details: Record<string, unknown> = {},
): Finding {
  return {
    status: "fail",
    kind: "unproven",
    message: toMessage(says),
    details,
  };
}
