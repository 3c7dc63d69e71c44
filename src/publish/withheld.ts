import type { ConvertedModel } from "../convert/convert-model.ts";
import { decisionWordsOfAll } from "../decision.ts";
import type { Plan } from "../plan/plan.ts";

/** Why a wanted publication does not take place, in one line, or null. */
export function withheldReason(
  plan: Plan,
  models: readonly ConvertedModel[],
): string | null {
  if (plan.withheld !== null) return plan.withheld;

  const red = models.flatMap(({ conversion }) =>
    conversion.ships ? [] : [conversion],
  );
  const isPart = red.length < models.length;
  if (red.length === 0 || (plan.publish === "passed" && isPart)) return null;

  const words = decisionWordsOfAll(red);
  if (models.length === 1) return `a model that ${words} is never published`;
  if (!isPart) return `${red.length} of ${red.length} models ${words}`;

  return `${red.length} of ${models.length} models ${words}, and \`publish: all\` publishes all or nothing; with \`publish: passed\` the others are published`;
}
