import picomatch from "picomatch";
import type { Author } from "../attest/author.ts";
import type { ModelSettings } from "../config/model-settings.ts";
import type { Failure } from "../errors.ts";
import type { Lineage } from "../lineage.ts";
import type { ModelFolder } from "../model/find-models.ts";
import type { Manifest } from "../model/manifest.ts";
import {
  chooseEngine,
  inputFailure,
  type PlanEngine,
} from "./choose-engine.ts";
import type { CodeFolder } from "./code-folder.ts";
import { withLoosened } from "./loosened-options.ts";
import { optionProblem } from "./option-problem.ts";
import { overLimits } from "./over-limits.ts";
import type { PlannedFile, PlannedModel } from "./plan.ts";
import { mayRecheck } from "./recheck.ts";
import { assignSources } from "./split-sources.ts";
import { closedFingerprint, isUnchanged } from "./unchanged.ts";

export interface ModelQuestion {
  folder: ModelFolder;
  settings: ModelSettings;
  /** Where its code lies in Git, or why it is not found; null: it comes from the store. */
  code: CodeFolder | { failure: Failure } | null;
  engines: readonly PlanEngine[];
  /** Engine that the command line forces, else null. */
  engine: string | null;
  device: string;
  /** The image that converts with an engine, where it is named by its digest. */
  imageOf(engine: string): string | null;
  force: boolean;
  /** Null where there is none, or its author is not trusted. */
  published: Manifest | null;
  author: Author;
  /** ONNX files in its published folder that nobody proved. */
  stray: string[];
  /** Published files that are gone, or not what their manifest lists. */
  altered: string[];
  checks: string;
  /** Name of the file that training calls its last checkpoint, else null. */
  lastCheckpoint: string | null;
  /** What it was trained from; absent: nobody says it. */
  lineage?: Lineage | undefined;
  /** Who sets the engine's options, where it is not conversion.yaml alone. */
  optionsFrom?: string;
}

/** Decides what happens with one model folder. Pure but for the schema of the options. */
export async function planModel(
  question: ModelQuestion,
): Promise<PlannedModel> {
  const { folder, settings, code, published } = question;
  if (code && "failure" in code) return refused(question, "", code.failure);

  const chosen = chooseEngine(
    folder,
    question.engines,
    question.engine ?? settings.engine,
    code?.paths ?? null,
  );
  if ("failure" in chosen) return refused(question, "", chosen.failure);

  const { engine } = chosen;
  const name = engine.description.name;
  const options = settings.options[name] ?? {};
  const wrong = await optionProblem(engine, question.engines, settings.options);

  if (wrong)
    return refused(
      question,
      name,
      inputFailure(
        "options",
        `options of ${wrong.engine}: ${wrong.problem}`,
        optionsHint(wrong.engine),
      ),
    );

  const assigned = await assignSources(
    {
      folder: folder.folder,
      modelName: folder.name,
      paths: folder.files.map(({ relative }) => relative),
      accepts: engine.description.accepts,
      chosen: chosenFiles(settings),
      named: namedFiles(options),
      lastCheckpoint: question.lastCheckpoint,
    },
    code,
  );
  if ("failure" in assigned) return refused(question, name, assigned.failure);

  const files = plannedFiles(
    folder,
    withSamples(assigned.roles, folder, settings),
    published,
  );

  const over = overLimits(folder.folder, files, settings.limits);
  if (over) return refused(question, name, over);

  const model: PlannedModel = {
    name: folder.name,
    decision: "convert",
    engine: name,
    device: question.device,
    folder: folder.folder,
    files,
    ...(assigned.code ? { code: assigned.code } : {}),
    ...(question.lineage ? { lineage: question.lineage } : {}),
    options,
    allow: settings.allow,
    policy: withLoosened(
      settings.policy,
      engine,
      options,
      question.optionsFrom,
    ),
    ...(settings.limits ? { limits: settings.limits } : {}),
    fingerprint: null,
    published,
    author: question.author,
    stray: question.stray,
    altered: question.altered,
    failure: null,
  };

  model.fingerprint = closedFingerprint(
    model,
    engine.recipe,
    question.imageOf(name),
    question.checks,
  );
  if (!question.force) model.decision = decisionFor(model);

  return model;
}

function decisionFor(model: PlannedModel): PlannedModel["decision"] {
  if (isUnchanged(model)) return "unchanged";
  return mayRecheck(model) ? "recheck" : "convert";
}

function plannedFiles(
  folder: ModelFolder,
  roles: ReadonlyMap<string, string>,
  published: Manifest | null,
) {
  const known = new Map(
    published?.inputs.map(({ path, token, sha256 }) => [
      `${path}\0${token}`,
      sha256,
    ]),
  );

  const files: PlannedFile[] = [];

  for (const { relative, ...object } of folder.files) {
    const role = roles.get(relative);
    if (role === undefined) continue;
    files.push({
      ...object,
      role,
      sha256: known.get(`${object.path}\0${object.token}`) ?? null,
    });
  }

  return files;
}

function withSamples(
  roles: Map<string, string>,
  folder: ModelFolder,
  settings: ModelSettings,
): Map<string, string> {
  if (settings.samples === null) return roles;

  const matches = picomatch(settings.samples);
  for (const [path, role] of roles) if (role === "sample") roles.delete(path);

  for (const { relative } of folder.files)
    if (!roles.has(relative) && matches(relative))
      roles.set(relative, "sample");

  return roles;
}

function chosenFiles(settings: ModelSettings): Record<string, string> {
  return settings.classes === null
    ? settings.files
    : { ...settings.files, classes: settings.classes };
}

/** `./x.py` among the options means a file of the model's folder. */
function namedFiles(options: Record<string, unknown>): Set<string> {
  const paths = Object.values(options).filter(
    (value) => typeof value === "string" && value.startsWith("./"),
  );
  return new Set(paths.map((path) => String(path).slice(2)));
}

function optionsHint(engine: string): string {
  return `correct ${engine}: in conversion.yaml; components/${engine}/README.md lists the options`;
}

/** A model that cannot be tried: it stands in the plan with the reason. */
export function refused(
  question: Pick<
    ModelQuestion,
    | "folder"
    | "settings"
    | "device"
    | "published"
    | "author"
    | "stray"
    | "altered"
  >,
  engine: string,
  failure: Failure,
): PlannedModel {
  return {
    name: question.folder.name,
    decision: "refused",
    engine,
    device: question.device,
    folder: question.folder.folder,
    files: [],
    options: {},
    allow: question.settings.allow,
    policy: question.settings.policy,
    fingerprint: null,
    published: question.published,
    author: question.author,
    stray: question.stray,
    altered: question.altered,
    failure,
  };
}
