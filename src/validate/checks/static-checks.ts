import type { FolderCheck, GraphCheck } from "../check.ts";
import { contract } from "./contract.ts";
import { file } from "./file.ts";
import { profile } from "./profile.ts";
import { structure } from "./structure.ts";

/** Checks that run in our own process, cheapest first. A new one is a file beside this and a line here. */
export const FOLDER_CHECKS: readonly FolderCheck[] = [file];
export const GRAPH_CHECKS: readonly GraphCheck[] = [
  structure,
  profile,
  contract,
];

/** Names of `SESSION_CHECKS`, in the verdict's order; that list itself would load ONNX Runtime into our process. */
export const SESSION_CHECK_NAMES: readonly string[] = [
  "load",
  "metamorphic",
  "shapes",
  "extremes",
  "parity",
  "behaviour",
  "performance",
];
