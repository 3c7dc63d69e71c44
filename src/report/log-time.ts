import { formatSeconds } from "./format.ts";
import type { SummaryModel } from "./summary.ts";

/** Seconds of the run as a whole, and of its steps that belong to no model. */
export interface Spent {
  total: number;
  plan: number;
  publish: number;
}

/**
 * Seconds by stage, over all models, and of the steps around them; what is in none of them is called other. Models that
 * were done side by side make the stages longer than the run.
 */
export function timeLines(
  models: readonly Pick<SummaryModel, "timings">[],
  steps: Spent | null,
): string[] {
  const spent = new Map<string, number>();
  const add = (stage: string, seconds: number) =>
    spent.set(stage, (spent.get(stage) ?? 0) + seconds);

  if (steps) add("plan", steps.plan);
  for (const { timings } of models)
    for (const [stage, seconds] of Object.entries(timings))
      if (!stage.includes(".")) add(stage, seconds);
  if (steps) add("publish", steps.publish);

  const sum = [...spent.values()].reduce((all, seconds) => all + seconds, 0);
  const total = steps?.total ?? sum;
  if (total === 0) return [];

  const beside = sum - total > LEAST ? "; some side by side" : "";
  if (total - sum > LEAST) add("other", total - sum);

  const stages = [...spent]
    .filter(([, seconds]) => seconds > LEAST)
    .map(([stage, seconds]) => `${stage} ${formatSeconds(seconds)}`);

  return [
    `time: ${formatSeconds(total)}${stages.length > 0 ? ` (${stages.join(", ")}${beside})` : ""}`,
  ];
}

/** Seconds; less is not worth a word. */
const LEAST = 0.05;
