import { alike } from "../text/some-names.ts";
import { toneOf } from "./headline.ts";
import type { SummaryModel } from "./summary.ts";

/** Models for whom a reader would read the same. */
export type SameCause = [SummaryModel, ...SummaryModel[]];

/** Causes that are visible before any table. */
const EXPLAINED = 3;

/** The first causes of what does not ship, in the order of the models, each with all the models that have it. */
export function redCauses(models: readonly SummaryModel[]): SameCause[] {
  return causesOf(
    models.filter(({ ships, why }) => !ships && why !== "skipped"),
  );
}

/** The first causes of models, in their order, each with all the models that have it. */
export function causesOf(models: readonly SummaryModel[]): SameCause[] {
  return alike(models, (model) => {
    const { because, next, reasons } = model;
    return JSON.stringify([toneOf(model), because, next, reasons[0]?.code]);
  }).slice(0, EXPLAINED);
}
