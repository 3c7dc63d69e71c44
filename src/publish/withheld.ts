import type { ConvertedModel } from "../convert/convert-model.ts";
import { decisionWords } from "../decision.ts";
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
  const [first] = red;
  const isPart = red.length < models.length;
  if (!first || (plan.publish === "passed" && isPart)) return null;

  const others = isPart ? "; publish is all or nothing" : "";
  if (red.length === 1) return `${first.name} ${decisionWords(first)}${others}`;

  const names = red.map(({ name }) => name).join(", ");

  return `${names} may not ship${others}`;
}
