import type { SessionCheck } from "../check.ts";
import { behaviour } from "./behaviour.ts";
import { extremes } from "./extremes.ts";
import { load } from "./load.ts";
import { metamorphic } from "./metamorphic.ts";
import { parity } from "./parity.ts";
import { performanceCheck } from "./performance.ts";
import { shapes } from "./shapes.ts";

/**
 * Checks that run the model, in the worker, as they run: parity first, as its time decides how much more is tried.
 * A new one is a file beside this and a line here and in `static-checks.ts`.
 */
export const SESSION_CHECKS: readonly SessionCheck[] = [
  load,
  parity,
  behaviour,
  metamorphic,
  shapes,
  extremes,
  performanceCheck,
];
