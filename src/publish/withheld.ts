import type { ConvertedModel } from "../convert/convert-model.ts";
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

  if (models.length === 1)
    return "a model that may not ship is never published";
  if (!isPart) return "none of the models may ship";

  return `${red.length} of ${models.length} models may not ship, and \`publish: all\` publishes all or nothing; with \`publish: passed\` the others are published`;
}
