import type { ConvertedModel } from "../convert/convert-model.ts";
import type { Plan } from "../plan/plan.ts";

/** True where a model must not be published: it failed, or it warns where warnings count as failures. */
export function isRed(
  { conversion, verdict }: ConvertedModel,
  failOn: Plan["fail_on"],
): boolean {
  if (conversion.status === "failed") return true;
  return (
    verdict !== null &&
    (verdict.outcome === "fail" ||
      (verdict.outcome === "warn" && failOn === "warn"))
  );
}

/** Why a wanted publication does not take place, in one line, or null. */
export function withheldReason(
  plan: Plan,
  models: readonly ConvertedModel[],
): string | null {
  if (plan.withheld !== null) return plan.withheld;

  const red = models
    .filter((model) => isRed(model, plan.fail_on))
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
