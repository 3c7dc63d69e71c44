import type { FolderCheck, GraphCheck, SessionCheck } from "../check.ts";
import { behaviour } from "./behaviour.ts";
import { contract } from "./contract.ts";
import { extremes } from "./extremes.ts";
import { file } from "./file.ts";
import { load } from "./load.ts";
import { metamorphic } from "./metamorphic.ts";
import { parity } from "./parity.ts";
import { performanceCheck } from "./performance.ts";
import { profile } from "./profile.ts";
import { shapes } from "./shapes.ts";
import { structure } from "./structure.ts";

/**
 * All checks, in the verdict's order: what names the cause best comes first. A new one is a file beside this and a line
 * here; the documentation's table and the configuration's schema are made from this list by `npm run build`.
 */
export const CHECKS = [
  file,
  structure,
  profile,
  contract,
  load,
  metamorphic,
  shapes,
  extremes,
  parity,
  behaviour,
  performanceCheck,
] as const;

export type RegisteredCheck = (typeof CHECKS)[number];
export type CheckName = RegisteredCheck["name"];

/** Those that need only files. */
export const FOLDER_CHECKS: readonly FolderCheck<CheckName>[] = CHECKS.filter(
  (check) => check.needs === "folder",
);

/** Those that need the parsed protobuf. */
export const GRAPH_CHECKS: readonly GraphCheck<CheckName>[] = CHECKS.filter(
  (check) => check.needs === "graph",
);

/** What is wrong with the references is said by those that compare with them; whether it loads comes before all. */
const TURNS: readonly SessionCheck["needs"][] = [
  "runtime",
  "references",
  "inputs",
];

/** Those that run the model, as they run in the worker. */
export const SESSION_CHECKS: readonly SessionCheck<CheckName>[] = TURNS.flatMap(
  (turn) => CHECKS.filter((check) => check.needs === turn),
);

/** What to do next where this check fails; null where its message says it. */
export function nextStep(name: CheckName): string | null {
  return CHECKS.find((check) => check.name === name)?.next ?? null;
}
