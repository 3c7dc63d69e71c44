import type { OnnxModel } from "../onnx/model.ts";
import type { Policy } from "./policy.ts";

/**
 * What a check says. A `fail` is `wrong` (evidence against the model) or `unproven` (not enough evidence).
 * The message is one sentence for a person; details are for machines and reports.
 */
export interface CheckResult {
  check: string;
  status: "pass" | "warn" | "fail" | "skip";
  kind?: "wrong" | "unproven";
  message: string;
  details: Record<string, unknown>;
}

/** The folder under validation, laid out like `edge/<name>/` with the evidence beside or in it. */
export interface Subject {
  folder: string;
  /** Absolute path of the ONNX file. */
  model: string;
  /** Absolute path of `references.safetensors`, null where there is none. */
  references: string | null;
  /** Parsed `contract.json`, null where there is none. */
  contract: Record<string, unknown> | null;
  policy: Policy;
}

/**
 * One check. `folder` checks need only files; `graph` checks need the parsed protobuf; `session` checks need
 * ONNX Runtime and run in the worker's child process.
 */
export type Check =
  | { name: string; needs: "folder"; run(subject: Subject): Promise<CheckResult[]> }
  | { name: string; needs: "graph"; run(subject: Subject, graph: OnnxModel): Promise<CheckResult[]> }
  | { name: string; needs: "session"; run(subject: Subject, graph: OnnxModel): Promise<CheckResult[]> };
