import type { ConvertedModel } from "../convert/convert-model.ts";
import type { Failure } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";

export interface Unpublished {
  plan: Pick<Plan, "source">;
  models: readonly Pick<ConvertedModel, "conversion">[];
  /** A later job finds in the draft what was converted. */
  isKept?: boolean;
}

/**
 * Whether a retried job can end what this one could not: only the outside world failed, and a model was converted. Then
 * the draft stays, until a sweep. `failure`: of the publication, null where it was not tried.
 */
export function staysForRetry(
  { plan, models, isKept = false }: Unpublished,
  failure: Failure | null,
): boolean {
  // Nobody retries a run on a person's machine.
  if (!isKept || plan.source.project === null) return false;

  const conversions = models.map(({ conversion }) => conversion);
  const failures = [...conversions.map((done) => done.failure), failure].filter(
    (found) => found !== null,
  );
  const isRed = conversions.some((done) => !done.ships && !done.failure);

  return (
    conversions.some(({ staged }) => staged.length > 0) &&
    !isRed &&
    failures.length > 0 &&
    failures.every(({ kind }) => kind === "external")
  );
}
