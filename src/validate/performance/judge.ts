import type { PerformanceBudget } from "../../config/policy.ts";
import { formatBytes } from "../../text/format-bytes.ts";
import { type Finding, passed, warned, wrong } from "../check.ts";
import type { Measurement } from "./measurement.ts";
import { milliseconds } from "./sentence.ts";

/** One limit: over it, within it, or not to be told. */
interface Judged {
  what: string;
  limit: string;
  measured: string;
  outcome: "within" | "over" | "open";
}

/**
 * Judges a measurement by the budgets that a policy states; without any there is nothing to fail. A message holds
 * measured numbers only where the model fails: the verdict of one that is published must be the same bytes each time.
 */
export function judgePerformance(
  measurement: Measurement,
  budget: PerformanceBudget,
): Finding {
  const judged = limitsOf(measurement, budget);
  const over = judged.filter(({ outcome }) => outcome === "over");

  if (over.length > 0)
    return wrong(
      `over budget: ${over.map(({ what, measured, limit }) => `${what} ${measured}, at most ${limit}`).join("; ")}`,
    );

  const open = judged.filter(({ outcome }) => outcome === "open");
  if (open.length > 0)
    return warned(
      `the budget could not be judged, because the machine was too busy or the comparison was not possible: ${limits(open)}`,
    );

  const size = `the model has ${formatBytes(measurement.size_bytes)}`;
  if (judged.length > 0)
    return passed(`${size}; within the budget: ${limits(judged)}`);

  return passed(
    `${size}; load time, run time and memory were measured but are not part of the verdict`,
  );
}

export function hasBudget(budget: PerformanceBudget): boolean {
  return Object.values(budget).some((limit) => limit !== null);
}

function limits(judged: readonly Judged[]): string {
  return judged.map(({ what, limit }) => `${what} ${limit}`).join(", ");
}

function limitsOf(
  measurement: Measurement,
  budget: PerformanceBudget,
): Judged[] {
  const mega = (limit: number | null) => limit && limit * 1e6;
  return [
    ...plain("file", measurement.size_bytes, mega(budget.size_mb), formatBytes),
    ...plain("p95", measurement.p95_ms, budget.p95_ms, milliseconds),
    ...plain("load", measurement.load_ms, budget.load_ms, milliseconds),
    ...plain(
      "memory",
      measurement.memory.model_bytes,
      mega(budget.memory_mb),
      formatBytes,
    ),
    ...slower(measurement, budget.slower_than_published),
  ];
}

function plain(
  what: string,
  value: number | null,
  limit: number | null,
  shown: (value: number) => string,
): Judged[] {
  if (limit === null) return [];
  const outcome = value === null ? "open" : value > limit ? "over" : "within";

  return [
    {
      what,
      limit: shown(limit),
      measured: value === null ? "" : shown(value),
      outcome,
    },
  ];
}

/** Over only where all windows agree on it. */
function slower({ published }: Measurement, limit: number | null): Judged[] {
  if (limit === null || published === null) return [];

  const { ratio } = published;
  const outcome =
    ratio === null
      ? "open"
      : ratio.low > limit
        ? "over"
        : ratio.ratio > limit
          ? "open"
          : "within";

  const times = (value: number) =>
    `${Number(value.toPrecision(3))} times the published model's`;

  return [
    {
      what: "run time",
      limit: times(limit),
      measured: ratio ? times(ratio.ratio) : "",
      outcome,
    },
  ];
}
