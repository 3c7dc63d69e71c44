import { authorNotices } from "../attest/author.ts";
import type { PlannedModel } from "./plan.ts";
import type { PlanQuestion } from "./plan-question.ts";

/** What a reader of the report must know of a model. */
export function noticesOf(
  model: PlannedModel,
  { witnesses }: Pick<PlanQuestion, "witnesses">,
): string[] {
  return [
    ...model.policy.loosened.map((what) => `${model.name}: ${what}`),
    ...authorNotices(model, witnesses.keys),
    ...model.altered.map(
      (path) =>
        `${model.name}: ${path} differs from what was verified: someone changed it in the store`,
    ),
    ...model.stray.map(
      (path) =>
        `${model.name}: ${path} is in its published folder but was not verified: the next publication removes it`,
    ),
  ];
}
