import type { Conversion } from "../convert/conversion.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Plan, PlannedModel } from "../plan/plan.ts";
import type { Publication } from "../publish/publication.ts";
import { byText, someNames } from "../text/some-names.ts";

/** What a reader of a run should know beside its models, a line each; what is the same of several models is one line. */
export function noticesOf(
  plan: Plan,
  publication: Publication,
  conversions: readonly Conversion[],
): string[] {
  const reused = reusedOf(conversions);
  const open = conversions
    .filter(({ isolation }) => isolation === "none")
    .map(({ name }) => name);

  return [
    ...plan.notices,
    ...stayingNotices(plan, publication, conversions, reused),
    ...outdatedNotice(plan, publication.outdated),
    ...removedNotice(plan, publication.removed),
    ...authorNotices(plan, publication, reused),
    ...(open.length > 0 ? [unisolated(open, plan.models.length)] : []),
  ];
}

function reusedOf(conversions: readonly Conversion[]): Set<string> {
  return new Set(
    conversions
      .filter(({ status }) => status === "unchanged")
      .map(({ name }) => name),
  );
}

/** Of models that this run did not publish. */
function stayingNotices(
  plan: Plan,
  publication: Publication,
  conversions: readonly Conversion[],
  reused: ReadonlySet<string>,
): string[] {
  const published = new Set(publication.models);
  const asked = new Map(
    conversions.map(({ name, fingerprint }) => [name, fingerprint?.spec]),
  );
  const staying = plan.models.flatMap((model) => {
    const isCovered = reused.has(model.name) || published.has(model.name);
    if (isCovered || !model.published) return [];

    const text = staysPublished(model, model.published, asked.get(model.name));
    return [{ name: model.name, text }];
  });

  return byText(staying, ({ text }) => text).map(
    ({ names, text }) => `${quoted(names)}: ${text}`,
  );
}

/** `asked`: of the inputs that lie there now; undefined where nobody hashed them. */
function staysPublished(
  { fingerprint }: PlannedModel,
  published: Manifest,
  asked = fingerprint?.spec,
): string {
  return asked === published.fingerprint.spec
    ? "the edge model of an earlier run stays published: it was made from the same inputs"
    : "the published edge model is stale: it was made from different inputs";
}

/** A push to the store starts no pipeline: nobody else says that there is something to do. */
function outdatedNotice(
  { store }: Plan,
  outdated: readonly string[] = [],
): string[] {
  if (outdated.length === 0) return [];

  return [
    `${quoted(outdated)}: files in \`${store.model_path}/\` changed after the commit that this run read, and its verdict does not cover them: run the pipeline again`,
  ];
}

function removedNotice({ store }: Plan, removed: readonly string[]): string[] {
  if (removed.length === 0) return [];
  const [are, models] =
    removed.length === 1
      ? ["is", "its edge model was"]
      : ["are", "their edge models were"];

  return [
    `${quoted(removed)} ${are} no longer in \`${store.model_path}/\`: ${models} removed`,
  ];
}

const UNSIGNED_NOTICE =
  "not signed: anyone who can write to this branch could have made it";

/** Of what no key signed: that anybody could have made it, or who published it in the store's own word. */
function authorNotices(
  plan: Plan,
  publication: Publication,
  reusedNames: ReadonlySet<string>,
): string[] {
  const reused = plan.models.filter(
    ({ name, author }) => reusedNames.has(name) && author.key === null,
  );
  const isAnybody =
    (publication.models.length > 0 && !publication.signed) ||
    reused.some(({ author }) => author.user === null);
  const users = new Set(reused.flatMap(({ author }) => author.user ?? []));

  return [
    ...(isAnybody ? [UNSIGNED_NOTICE] : []),
    ...[...users].map(
      (user) =>
        `not signed; according to the store's log, its user ${user} published the unchanged models`,
    ),
  ];
}

function unisolated(names: readonly string[], of: number): string {
  const whose = of === 1 ? "" : ` (${quoted(names)})`;

  return `the engine ran without isolation${whose}`;
}

function quoted(names: readonly string[]): string {
  return someNames(names.map((name) => `\`${name}\``));
}
