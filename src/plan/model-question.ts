import { type ConfigLayer, settingsOf } from "../config/model-settings.ts";
import type { Failure } from "../errors.ts";
import { FLAT_NAME, type ModelFolder } from "../model/find-models.ts";
import type { CodeFolder } from "./code-folder.ts";
import type { PlannedModel } from "./plan.ts";
import type { ModelQuestion } from "./plan-model.ts";
import type { PlanQuestion } from "./plan-question.ts";
import type { BranchContent } from "./read-branch.ts";
import type { PublishedModel } from "./read-published.ts";

/** What is known of a model before its own small files are read. */
export type Asked = Omit<ModelQuestion, "lastCheckpoint">;

/** All that was said of a model, and what is published of it. */
export function questionOf(
  folder: ModelFolder,
  found: PublishedModel,
  content: BranchContent,
  question: PlanQuestion,
): Asked {
  const { settings, repository } = question;
  const layers = [...storeLayers(folder, content, question), repository];
  const merged = settingsOf(
    folder.name,
    layers.filter((layer): layer is ConfigLayer => layer !== null),
  );

  return {
    folder,
    settings: merged,
    code: codeOf(folder, merged.code, question),
    engines: question.engines,
    engine: settings.engine,
    device: settings.device,
    imageOf: question.imageOf,
    force: settings.force,
    ...ifTrusted(found),
    stray: found.stray,
    altered: found.altered,
    checks: question.checks,
  };
}

/** A folder that conversion.yaml names; else the one that mirrors the store's, where all code comes from Git. */
function codeOf(
  { folder }: ModelFolder,
  named: string | null,
  { code, settings }: PlanQuestion,
): CodeFolder | { failure: Failure } | null {
  if (code === null) return null;
  if (named !== null) return code(named);

  return settings.codeFrom === "git" ? code(folder) : null;
}

/** What the store says of a model, the weakest first. */
export function storeLayers(
  { name, folder }: ModelFolder,
  content: BranchContent,
  { settings }: PlanQuestion,
): ConfigLayer[] {
  const shared =
    name === FLAT_NAME ? undefined : content.configs.get(settings.modelPath);
  const own = content.configs.get(folder);

  return [shared, own].filter((layer) => layer !== undefined);
}

/** A manifest whose author is not trusted counts for nothing: not even what it says of tokens. */
function ifTrusted({
  manifest,
  author,
}: PublishedModel): Pick<PlannedModel, "published" | "author"> {
  return { published: author.counts ? manifest : null, author };
}
