import { forgedFailure } from "../attest/forged-failure.ts";
import { type Failure, toFailure, UsageError } from "../errors.ts";
import type { ModelFolder } from "../model/find-models.ts";
import type { BranchPaths } from "../model/layout.ts";
import type { Manifest } from "../model/manifest.ts";
import {
  flatNameProblem,
  folderProblem,
  isPlainName,
  safeFolder,
  shownName,
} from "../model/odd-folder.ts";
import type { Snapshot } from "../store/store.ts";
import { inputFailure } from "./choose-engine.ts";
import { lastCheckpoint } from "./last-checkpoint.ts";
import { noticesOf, sharedNotices } from "./model-notices.ts";
import { type Asked, questionOf, storeLayers } from "./model-question.ts";
import type { PlannedModel } from "./plan.ts";
import { type ModelQuestion, planModel, refused } from "./plan-model.ts";
import type { PlanQuestion } from "./plan-question.ts";
import { changedPublished } from "./prove-published.ts";
import type { BranchContent } from "./read-branch.ts";
import { readLineage } from "./read-lineage.ts";
import {
  type PublishedModel,
  readPublishedModels,
  unpublished,
} from "./read-published.ts";
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

export interface PlannedModels {
  /** In the order of the folders. */
  models: PlannedModel[];
  /** What a reader must know of them, in the same order. */
  notices: string[];
  /** A line for each model that has code in the store while it comes from Git. */
  ignored: string[];
  /** Manifests that belong to none of the folders. */
  others: Manifest[];
}

/** Decides for each model as soon as what is published of it is read. */
export async function planModels(
  selection: Selection,
  question: PlanQuestion,
): Promise<PlannedModels> {
  const { folders, published, paths } = selection;
  const planned = new Map<string, PlannedOne>();
  const others: Manifest[] = [];
  const waiting = new Map(folders.map((folder) => [folder.name, folder]));

  for await (const found of readPublishedModels(
    published,
    paths,
    question.witnesses,
  )) {
    const folder = waiting.get(found.name);
    waiting.delete(found.name);
    if (folder)
      planned.set(
        folder.name,
        await planOne(folder, found, selection, question),
      );
    else if (found.manifest) others.push(found.manifest);
  }

  for (const folder of waiting.values())
    planned.set(
      folder.name,
      await planOne(folder, unpublished(folder.name), selection, question),
    );

  const inOrder = folders.flatMap(({ name }) => planned.get(name) ?? []);

  return {
    models: inOrder.map(({ model }) => model),
    notices: sharedNotices(
      inOrder.map(({ model: { name }, notices }) => ({ name, texts: notices })),
    ),
    ignored: sharedNotices(
      inOrder.map(({ model: { name }, ignored }) => ({ name, texts: ignored })),
    ),
    others,
  };
}

interface PlannedOne {
  model: PlannedModel;
  notices: readonly string[];
  ignored: readonly string[];
}

const NONE: readonly string[] = [];

async function planOne(
  folder: ModelFolder,
  found: PublishedModel,
  selection: Selection,
  question: PlanQuestion,
): Promise<PlannedOne> {
  const { model, ignored } = await decide(folder, found, selection, question);
  const notices = noticesOf(model, question, found);

  return {
    model: model.decision === "unchanged" ? question.keep(model) : model,
    notices: notices.length > 0 ? notices : NONE,
    ignored,
  };
}

async function decide(
  folder: ModelFolder,
  found: PublishedModel,
  { content, snapshot, published, paths }: Selection,
  question: PlanQuestion,
): Promise<Pick<PlannedOne, "model" | "ignored">> {
  const asked = questionOf(folder, found, content, question);
  const odd = oddFolder(asked, paths);
  if (odd) return { model: odd, ignored: NONE };

  const model = await plannedOrRefused(
    asked,
    { content, snapshot, published },
    question,
  );

  const isConversion =
    model.decision === "recheck" &&
    !(await hasReferencesFor(model, snapshot, paths));
  const engine = question.engines.find(
    ({ description }) => description.name === model.engine,
  );

  return {
    model: isConversion ? { ...model, decision: "convert" } : model,
    ignored:
      model.code && engine
        ? ignoredCode(folder, model.code, engine.description.accepts)
        : NONE,
  };
}

/** A folder that cannot be a model here costs itself alone. Its name and folder are as documents can hold them. */
function oddFolder(asked: Asked, paths: BranchPaths): PlannedModel | null {
  const { folder } = asked;
  const problem = folderProblem(folder) ?? flatNameProblem(folder, paths.model);
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
      problem,
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
