import { plain, sentence } from "../text/message.ts";
import {
  compareModels,
  type ModelChange,
  type ModelFacts,
} from "../version/compare-models.ts";
import {
  type ReleaseVersion,
  writeVersion,
} from "../version/release-version.ts";
import type { Release } from "./release.ts";

/** A file that a program does not read may differ, such as the checkpoint or words in the contract: then nothing breaks. */
export function changeSince(
  before: Release,
  facts: ModelFacts,
  digest: string,
): ModelChange {
  const change = compareModels(before.facts, facts);
  if (change.level !== "none" || before.digest === digest) return change;

  const parts = sentence`same model, files beside it have other bytes`;
  return { level: "weights", changes: [{ level: "weights", parts }] };
}

/** A version is not counted from itself. */
export function sinceOf(
  from: ReleaseVersion | null,
  next: string,
  { level, changes }: ModelChange,
): Release["since"] {
  if (!from || writeVersion(from) === next) return null;

  return {
    release: writeVersion(from),
    level,
    changes: changes.map(({ parts }) => plain(parts)),
  };
}
