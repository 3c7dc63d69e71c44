import { NOBODY } from "../attest/author.ts";
import { forgedFailure } from "../attest/forged-failure.ts";
import { type ConfigLayer, settingsOf } from "../config/model-settings.ts";
import { type Failure, toFailure, UsageError } from "../errors.ts";
import { FLAT_NAME, type ModelFolder } from "../model/find-models.ts";
import type { BranchPaths } from "../model/layout.ts";
import {
  folderProblem,
  isPlainName,
  safeFolder,
  shownName,
} from "../model/odd-folder.ts";
import type { Snapshot } from "../store/store.ts";
import { inputFailure } from "./choose-engine.ts";
import type { CodeFolder } from "./code-folder.ts";
import { lastCheckpoint } from "./last-checkpoint.ts";
import type { PlannedModel } from "./plan.ts";
import { type ModelQuestion, planModel, refused } from "./plan-model.ts";
import type { PlanQuestion } from "./plan-question.ts";
import { changedPublished, finderBeside } from "./prove-published.ts";
import type { BranchContent } from "./read-branch.ts";
import { readLineage } from "./read-lineage.ts";
import { hasReferencesFor } from "./recheck.ts";
import { ignoredCode, refuseUnreviewed } from "./split-sources.ts";

/** The models that are to be planned, and the branch that they lie on. */
export interface Selection {
  folders: readonly ModelFolder[];
  content: BranchContent;
  snapshot: Snapshot;
  /** Where the published files lie. */
  published: Snapshot;
  paths: BranchPaths;
}

/** Decides for each model. `ignored`: a line for each that has code in the store while it comes from Git. */
export async function planModels(
  { folders, content, snapshot, published, paths }: Selection,
  question: PlanQuestion,
): Promise<{ models: PlannedModel[]; ignored: string[] }> {
  const models: PlannedModel[] = [];
  const ignored: string[] = [];
  const foundBeside = finderBeside(content, paths);

  for (const folder of folders) {
    const asked = {
      ...questionOf(folder, content, question),
      ...foundBeside(folder.name),
    };
    const odd = oddFolder(asked);
    if (odd) {
      models.push(odd);
      continue;
    }

    const model = await plannedOrRefused(
      asked,
      { content, snapshot, published },
      question,
    );

    const isConversion =
      model.decision === "recheck" &&
      !(await hasReferencesFor(model, snapshot, paths));
    models.push(isConversion ? { ...model, decision: "convert" } : model);

    const engine = question.engines.find(
      ({ description }) => description.name === model.engine,
    );
    if (model.code && engine)
      ignored.push(
        ...ignoredCode(folder, model.code, engine.description.accepts),
      );
  }

  return { models, ignored };
}

type Asked = Omit<ModelQuestion, "lastCheckpoint">;

/** A folder that cannot be a model here costs itself alone. Its name and folder are as documents can hold them. */
function oddFolder(asked: Asked): PlannedModel | null {
  const { folder } = asked;
  const problem = folderProblem(folder);
  if (problem === null) return null;

  const name = shownName(folder.name);
  const parent = folder.folder.slice(0, -folder.name.length || undefined);
  const safe = isPlainName(folder.name)
    ? folder
    : { ...folder, name, folder: `${parent}${safeFolder(name)}` };

  return refused(
    { ...asked, folder: safe, published: null },
    "",
    inputFailure(
      "store-name",
      `${name}: ${problem}`,
      "rename or remove it in the store, and commit",
    ),
  );
}

/** Decides; what cannot be read of the model's own small files is its failure. */
async function plannedOrRefused(
  asked: Asked,
  {
    content,
    snapshot,
    published,
  }: Pick<Selection, "content" | "snapshot" | "published">,
  question: PlanQuestion,
): Promise<PlannedModel> {
  const problem = configProblem(asked.folder, content, asked, question);
  if (problem) return refused(asked, "", problem);

  try {
    const newest = await lastCheckpoint(snapshot, asked.folder);
    const said = asked.settings.lineage;
    const lineage = await readLineage(snapshot, asked.folder, said);
    return await planProved(
      { ...asked, lastCheckpoint: newest, lineage },
      published,
      question.proofFolder,
    );
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return refused(asked, "", toFailure(error));
  }
}

function questionOf(
  folder: ModelFolder,
  content: BranchContent,
  question: PlanQuestion,
): Omit<ModelQuestion, "lastCheckpoint" | "stray" | "altered"> {
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
    ...believed(folder.name, content),
    edge: content.edge,
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

function configProblem(
  { folder }: ModelFolder,
  content: BranchContent,
  asked: Asked,
  question: PlanQuestion,
): Failure | null {
  const bad = content.badConfigs.get(folder);
  if (bad) return bad;
  if (asked.code === null) return null;

  const layers = storeLayers(asked.folder, content, question);

  return (
    layers
      .map((layer) => refuseUnreviewed(layer, question.engines))
      .find((failure) => failure !== null) ?? null
  );
}

/** What the store says of a model, the weakest first. */
function storeLayers(
  { name, folder }: ModelFolder,
  content: BranchContent,
  { settings }: PlanQuestion,
): ConfigLayer[] {
  const shared =
    name === FLAT_NAME ? undefined : content.configs.get(settings.modelPath);
  const own = content.configs.get(folder);

  return [shared, own].filter((layer) => layer !== undefined);
}

/** A manifest whose author is not believed counts for nothing: not even what it says of tokens. */
function believed(
  name: string,
  { manifests, authors }: BranchContent,
): Pick<PlannedModel, "published" | "author"> {
  const author = authors.get(name) ?? NOBODY;

  return {
    published: author.counts ? (manifests.get(name) ?? null) : null,
    author,
  };
}

/** A signed green counts only while its bytes are still those that were signed. */
async function planProved(
  asked: ModelQuestion,
  published: Snapshot,
  proofFolder: string | null,
): Promise<PlannedModel> {
  const model = await planModel(asked);
  if (proofFolder === null) return model;

  const forged = await changedPublished(published, model, proofFolder);

  return forged.length === 0
    ? model
    : refused(asked, model.engine, forgedFailure(model.name, forged));
}
