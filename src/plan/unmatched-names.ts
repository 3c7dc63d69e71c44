import type { ConversionConfig } from "../config/conversion-yaml.ts";
import { UsageError } from "../errors.ts";
import { nearest, suggestion } from "../text/nearest.ts";
import { someNames } from "../text/some-names.ts";

/** Throws `UsageError` where `--models` selects nothing: a misspelt pattern would end green with nothing done. */
export function refuseEmptySelection(
  pattern: string,
  known: readonly string[],
): void {
  throw new UsageError(
    `no model matches --models ${pattern}: ${suggestion(pattern, known)}`,
    {
      code: "models-unmatched",
      hint: "correct the pattern: names are those of the folders, and patterns are globs, separated by commas, such as det*",
    },
  );
}

/**
 * Entries of `conversion.yaml` that no model of the branch has. One that is nearly a model's name is an error, for a
 * misspelt entry switches its checks off in silence; the others may be of another branch, and are told.
 */
export function unmatchedEntries(
  { file, config }: { file: string; config: ConversionConfig },
  models: readonly string[],
): string[] {
  const present = new Set(models);
  const entries = Object.keys(config.models ?? {}).filter(
    (name) => !present.has(name),
  );

  const unnamed = models.filter((name) => !(name in (config.models ?? {})));
  for (const entry of entries) {
    const meant = nearest(entry, unnamed);
    if (meant === null) continue;

    throw new UsageError(
      `${file} names the model ${entry}, which is not on this branch: did you mean "${meant}"?`,
      {
        code: "config-model-unknown",
        hint: "correct the name: the entry currently applies to no model",
      },
    );
  }

  if (entries.length === 0) return [];
  const what = entries.length > 1 ? "models" : "model";

  return [
    `${file} names ${someNames(entries)}, but this branch has no such ${what}`,
  ];
}
