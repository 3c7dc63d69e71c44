import type { OnnxModel } from "../onnx/model.ts";
import { type Message, type Says, toMessage } from "../text/message.ts";
import type { Measurement } from "./performance/measurement.ts";
import type { Runtime } from "./runtime/runtime.ts";
import type { Subject } from "./subject.ts";

/**
 * What a check finds; its name is added by who runs it. A `fail` is `wrong` (evidence against the model) or `unproven`
 * (not enough evidence). The message is one sentence for a person, with a code for machines; details are for machines
 * and reports, each of them there only where the check came so far.
 */
export interface Finding<D extends object = object> {
  status: "pass" | "warn" | "fail" | "skip";
  kind?: "wrong" | "unproven";
  message: Message;
  details: Partial<D>;
}

/** With what the machine measured, which never gets into a verdict: that must be the same bytes everywhere. */
export type Measured<T> = T & { measured?: Measurement };

/** What is known of a check before it runs; the documentation and the configuration's schema are made from it. */
export interface About<N extends string> {
  /** In the verdict, the log and `off`. */
  name: N;
  /** What it looks at, in a few words. */
  title: string;
  /** What it asks, as a question to the model. */
  question: string;
  /** What to do where it fails, if its message does not already say it. */
  next: string | null;
  /** By `validate: off` in `conversion.yaml`, from Git only. */
  canBeSwitchedOff: boolean;
}

/** Needs only files. `D`: what it puts into its details. */
export interface FolderCheck<
  N extends string = string,
  D extends object = object,
> extends About<N> {
  needs: "folder";
  run(subject: Subject): Promise<Finding<D>>;
}

/** Needs the parsed protobuf, and runs nothing of it. */
export interface GraphCheck<
  N extends string = string,
  D extends object = object,
> extends About<N> {
  needs: "graph";
  run(subject: Subject, graph: OnnxModel): Promise<Finding<D>>;
}

/**
 * Needs ONNX Runtime, and runs in the worker's child process: on the model alone, on what the source computed
 * (`references`), or only on the inputs that the references have.
 */
export interface SessionCheck<
  N extends string = string,
  D extends object = object,
> extends About<N> {
  needs: "runtime" | "references" | "inputs";
  run(
    subject: Subject,
    graph: OnnxModel,
    runtime: Runtime,
  ): Promise<Measured<Finding<D>>>;
}

export function passed<D extends object = object>(
  says: Says,
  details: Partial<D> = {},
): Finding<D> {
  return { status: "pass", message: toMessage(says), details };
}

export function skipped<D extends object = object>(
  says: Says,
  details: Partial<D> = {},
): Finding<D> {
  return { status: "skip", message: toMessage(says), details };
}

export function warned<D extends object = object>(
  says: Says,
  details: Partial<D> = {},
): Finding<D> {
  return { status: "warn", message: toMessage(says), details };
}

export function wrong<D extends object = object>(
  says: Says,
  details: Partial<D> = {},
): Finding<D> {
  return { status: "fail", kind: "wrong", message: toMessage(says), details };
}

export function unproven<D extends object = object>(
  says: Says,
  details: Partial<D> = {},
): Finding<D> {
  return {
    status: "fail",
    kind: "unproven",
    message: toMessage(says),
    details,
  };
}
