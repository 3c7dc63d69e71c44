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

/** Goes up where a rule changes, so that an old green could now be red. */
const RULES = 8;

/** Published verdicts of other checks or rules are not reused. */
export const CHECKS_VERSION = `${RULES} ${CHECKS.map(({ name }) => name).join(" ")}`;

/** Those that need only files. */
export const FOLDER_CHECKS: readonly FolderCheck<CheckName>[] = CHECKS.filter(
  (check) => check.needs === "folder",
);

/** Those that need the parsed protobuf. */
export const GRAPH_CHECKS: readonly GraphCheck<CheckName>[] = CHECKS.filter(
  (check) => check.needs === "graph",
);

/** Those that run the model, in the worker. */
export const SESSION_CHECKS: readonly SessionCheck<CheckName>[] = CHECKS.filter(
  (check) => check.needs !== "folder" && check.needs !== "graph",
);

/** Whether it loads comes before all; what is wrong with the references is said by those that compare with them. */
const TURNS: readonly SessionCheck["needs"][] = [
  "runtime",
  "references",
  "inputs",
];

/** `SESSION_CHECKS` in the order in which the worker runs them. */
export const IN_TURN: readonly SessionCheck<CheckName>[] = TURNS.flatMap(
  (turn) => SESSION_CHECKS.filter((check) => check.needs === turn),
);

/** What to do next where this check fails; null where its message says it. */
export function nextStep(name: CheckName): string | null {
  return CHECKS.find((check) => check.name === name)?.next ?? null;
}
