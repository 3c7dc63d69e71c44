import { alike, someNames } from "../text/some-names.ts";
import { count } from "./headline.ts";

/** A plan, as far as the first lines of the log need it. */
export interface OpeningPlan {
  skipped: string | null;
  store: { branch: string; snapshot: string };
  models: readonly OpeningModel[];
  gone: readonly { name: string }[];
}

interface OpeningModel {
  name: string;
  decision: "convert" | "recheck" | "unchanged" | "refused";
  failure: { message: string; hint: string } | null;
}

/**
 * What the log says before anything is converted: branch, commit, and what becomes of each model. What was refused comes
 * with its reason and its next step; it stops nothing else.
 */
export function renderLogOpening(plan: OpeningPlan): string[] {
  const { store, models, skipped, gone } = plan;
  const named = (decision: OpeningModel["decision"]) =>
    models.filter((model) => model.decision === decision);
  const refused = named("refused");

  return [
    `branch: ${store.branch}${store.snapshot && `, commit ${store.snapshot}`}`,
    ...(skipped === null ? [] : [`models: none. ${skipped}`]),
    ...line("to convert", named("convert")),
    ...line("to check again without converting", [...named("recheck")]),
    ...line("unchanged", named("unchanged")),
    ...line("refused (other models continue)", refused),
    ...refusals(refused),
    ...line(
      `no longer on the branch; ${gone.length === 1 ? "its edge model" : "their edge models"} will be removed`,
      gone,
    ),
  ];
}

function line(what: string, models: readonly { name: string }[]): string[] {
  if (models.length === 0) return [];

  return [
    `${count(models.length, "model")} ${what}: ${someNames(models.map(nameOf))}`,
  ];
}

/** Reasons that the opening holds; the closing lines come back to them. */
const REASONS = 25;

/** Each reason once, whichever models it has. */
function refusals(refused: OpeningPlan["models"]): string[] {
  const reasons = alike(refused, ({ failure }) => JSON.stringify(failure));
  const left = reasons.slice(REASONS).flat();

  return [
    ...reasons.slice(0, REASONS).flatMap(refusal),
    ...(left.length > 0
      ? [
          `  ${count(left.length, "more model")}, in \`plan.json\`: ${someNames(left.map(nameOf))}`,
        ]
      : []),
  ];
}

function refusal(models: readonly [OpeningModel, ...OpeningModel[]]): string[] {
  const [{ failure }] = models;
  if (!failure) return [];

  return [
    `  x ${someNames(models.map(nameOf))}  ${failure.message}`,
    ...(failure.hint ? [`      next: ${failure.hint}`] : []),
  ];
}

function nameOf({ name }: { name: string }): string {
  return name;
}
