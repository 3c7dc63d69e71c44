import type { Policy } from "../config/policy.ts";
import type { Contract } from "./contract/contract.ts";

/** The folder under validation, laid out like `edge/<name>/` with the evidence beside or in it. */
export interface Subject {
  folder: string;
  /** Absolute path of the ONNX file. */
  model: string;
  /** Absolute path of `references.safetensors`, null where there is none. */
  references: string | null;
  /** What `contract.json` says, null where there is none that can be used. */
  contract: Contract | null;
  /** Why a `contract.json` that is there cannot be used. */
  contractProblem: string | null;
  policy: Policy;
  /** Absolute path of the ONNX file that is published now, for performance to compare; null where there is none. */
  published: string | null;
  /** Where the engine's opset is set, such as `mmdeploy.opset`; null where the engine is not known. */
  opsetOption?: string | null;
}
