import { count } from "./headline.ts";

/** A plan, as far as the first lines of the log need it. */
export interface OpeningPlan {
  skipped: string | null;
  store: { branch: string; snapshot: string };
  models: readonly {
    name: string;
    decision: "convert" | "recheck" | "unchanged" | "refused";
    failure: { message: string; hint: string } | null;
  }[];
  gone: readonly { name: string }[];
}

/** Names that a line holds. */
const NAMED = 5;

/**
 * What the log says before anything is converted: branch, commit, and what becomes of each model. What was refused comes
 * with its reason and its next step; it stops nothing else.
 */
export function renderLogOpening(plan: OpeningPlan): string[] {
  const { store, models, skipped, gone } = plan;
  const named = (decision: OpeningPlan["models"][number]["decision"]) =>
    models.filter((model) => model.decision === decision);
  const refused = named("refused");

  return [
    `branch: ${store.branch}${store.snapshot && `, commit ${store.snapshot}`}`,
    ...(skipped === null ? [] : [`models: none. ${skipped}`]),
    ...line("to convert", named("convert")),
    ...line("to check again without converting", [...named("recheck")]),
    ...line("unchanged", named("unchanged")),
    ...line("refused (other models continue)", refused),
    ...refused.flatMap(({ name, failure }) =>
      failure ? refusal(name, failure) : [],
    ),
    ...line("no longer on the branch; their edge models will be removed", gone),
  ];
}

function line(what: string, models: readonly { name: string }[]): string[] {
  if (models.length === 0) return [];
  const names = models.slice(0, NAMED).map(({ name }) => name);
  const more = models.length - NAMED;

  return [
    `${count(models.length, "model")} ${what}: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
  ];
}

function refusal(
  name: string,
  { message, hint }: { message: string; hint: string },
): string[] {
  return [`  x ${name}  ${message}`, ...(hint ? [`      next: ${hint}`] : [])];
}
