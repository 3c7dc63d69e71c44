import { authorNotices } from "../attest/author.ts";
import { byText, someNames } from "../text/some-names.ts";
import type { PlannedModel } from "./plan.ts";
import type { PlanQuestion } from "./plan-question.ts";
import type { PublishedModel } from "./read-published.ts";

/** What a reader of the report must know of a model, without its name. */
export function noticesOf(
  model: PlannedModel,
  { witnesses }: Pick<PlanQuestion, "witnesses">,
  { missing }: Pick<PublishedModel, "missing">,
): string[] {
  return [
    ...model.policy.loosened,
    ...authorNotices(model, witnesses.keys),
    ...alteredNotices(model, missing),
    ...model.stray.map(
      (path) =>
        `${path} is in its published folder but was not verified: the next publication removes it`,
    ),
  ];
}

/** The store's tokens tell them apart: of a model that was copied here from another store, all are other ones. */
function alteredNotices(
  { altered, published }: Pick<PlannedModel, "altered" | "published">,
  missing: readonly string[],
): string[] {
  const count = published?.files.length ?? 0;
  if (count > 1 && altered.length === count && missing.length === 0)
    return [
      "what is published has other checksums in this store than its manifest lists, all files of it: it was copied here from another store, or someone replaced it",
    ];

  return altered.map((path) =>
    missing.includes(path)
      ? `${path} is missing: someone removed it from the store`
      : `${path} differs from what was verified: someone changed it in the store`,
  );
}

/** A line for each text, with the models that it is about. */
export function sharedNotices(
  found: readonly { name: string; texts: readonly string[] }[],
): string[] {
  const each = found.flatMap(({ name, texts }) =>
    texts.map((text) => ({ name, text })),
  );

  return byText(each, ({ text }) => text).map(
    ({ names, text }) => `${someNames(names)}: ${text}`,
  );
}
