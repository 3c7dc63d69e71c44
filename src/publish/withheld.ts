import type { ConvertedModel } from "../convert/convert-model.ts";
import type { Plan } from "../plan/plan.ts";

/** Why a wanted publication does not take place, in one line, or null. */
export function withheldReason(
  plan: Plan,
  models: readonly ConvertedModel[],
): string | null {
  if (plan.withheld !== null) return plan.withheld;

  const red = models
    .filter(({ conversion }) => !conversion.ships)
    .map(({ conversion }) => conversion.name);

  if (
    red.length === 0 ||
    (plan.publish === "passed" && red.length < models.length)
  )
    return null;

  const others =
    red.length < models.length ? "; publish is all or nothing" : "";

  return `${red.join(", ")} may not ship${others}`;
}
