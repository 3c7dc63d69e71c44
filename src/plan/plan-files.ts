import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { NOBODY } from "../attest/author.ts";
import { isMisnamed, misnamed } from "../config/config-name.ts";
import { type ConfigLayer, settingsOf } from "../config/model-settings.ts";
import type { Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import type { ErrorCode } from "../error-codes.ts";
import { type Failure, UsageError } from "../errors.ts";
import type { ModelFolder } from "../model/find-models.ts";
import { folderProblem } from "../model/odd-folder.ts";
import {
  isLocalFolder,
  type LocalFiles,
  localFiles,
} from "../store/file/local-files.ts";
import {
  chooseEngine,
  inputFailure,
  type PlanEngine,
} from "./choose-engine.ts";
import { lastCheckpoint } from "./last-checkpoint.ts";
import type { Plan, PlannedModel } from "./plan.ts";
import { repositoryConfig } from "./plan-inputs.ts";
import { planModel } from "./plan-model.ts";
import { readStoreConfig } from "./read-branch.ts";

/** Bytes; it is written by hand. */
const CONFIG_LIMIT = 256 << 10;

export interface FilesQuestion {
  settings: Settings;
  name: string;
  /** Absolute: the model's folder, or its files. */
  paths: readonly string[];
  /** Options of the engine, which win over those of any conversion.yaml. */
  options: Record<string, unknown>;
  engines: readonly PlanEngine[];
  /** Absolute: nothing below it belongs to the model. */
  without: string;
  /** Version of the checks, part of the verdict's fingerprint. */
  checks: string;
}

/**
 * The plan of one model that lies on this machine, in no store, and the view that its files are read from. Nothing is
 * published. Throws `UsageError` where it cannot be tried: no engine, a missing file, options that the engine refuses.
 */
export async function planFiles(
  ctx: Context,
  question: FilesQuestion,
): Promise<{ plan: Plan; snapshot: LocalFiles["snapshot"] }> {
  const { name, paths, without, settings, engines } = question;
  const { objects, snapshot } = await localFiles(ctx, {
    folder: name,
    paths,
    without,
  });
  const folder: ModelFolder = {
    name,
    folder: name,
    files: objects.map((object) => ({
      ...object,
      relative: object.path.slice(name.length + 1),
    })),
  };

  const problem = folderProblem(folder);
  if (problem !== null)
    throw refusal(
      inputFailure("store-name", `${name}: ${problem}`, "rename or remove it"),
    );

  const layers = await layersOf(ctx, { folder, snapshot }, question);
  const { engine } = chosen(
    folder,
    engines,
    settings.engine ?? settingsOf(name, layers).engine,
  );
  const model = await planModel({
    folder,
    settings: settingsOf(name, [
      ...layers,
      givenLayer(engine.description.name, question.options),
    ]),
    code: null,
    engines,
    engine: engine.description.name,
    device: settings.device,
    imageOf: () => null,
    force: true,
    published: null,
    author: NOBODY,
    ...{ stray: [], altered: [] },
    checks: question.checks,
    lastCheckpoint: await lastCheckpoint(snapshot, folder),
    optionsFrom: "the command line or conversion.yaml",
  });
  if (model.failure)
    throw refusal(
      model.failure,
      model.failure.code === "options" ? optionsHint(model) : undefined,
    );

  return { plan: planOf(model, settings, paths), snapshot };
}

/**
 * The model's name: that of its folder, or of its first file without the ending; absolute paths. Throws `UsageError`
 * where the first does not exist.
 */
export async function nameOf(paths: readonly string[]): Promise<string> {
  const [first = ""] = paths;
  const name = basename(first);
  const isOne = paths.length === 1 && (await isLocalFolder(first));
  return isOne ? name : name.replace(/(?<=.)\.[^.]+$/, "");
}

/** What is said of the model, the weakest first: beside it, then in the folder where the command runs. */
async function layersOf(
  ctx: Context,
  { folder, snapshot }: { folder: ModelFolder } & Pick<LocalFiles, "snapshot">,
  { settings, engines }: FilesQuestion,
): Promise<ConfigLayer[]> {
  const path = `${folder.folder}/conversion.yaml`;
  const bytes = await snapshot.read(path, CONFIG_LIMIT);
  const wrong = folder.files.find(({ relative }) => isMisnamed(relative));
  if (!bytes && wrong) throw misnamed(`${folder.folder}/${wrong.relative}`);

  const own = bytes
    ? await readStoreConfig(bytes, path, engines, { isOwn: true, isHere: true })
    : null;
  const repository = await repositoryConfig(ctx, settings.config, engines);

  return [own, repository].filter((layer) => layer !== null);
}

function givenLayer(
  engine: string,
  options: Record<string, unknown>,
): ConfigLayer {
  const config = { version: 1 as const, defaults: { [engine]: options } };
  return { file: "the command line", config };
}

function chosen(
  folder: ModelFolder,
  engines: readonly PlanEngine[],
  wanted: string | null,
): { engine: PlanEngine } {
  const found = chooseEngine(folder, engines, wanted, null);
  if ("failure" in found) throw refusal(found.failure);

  return found;
}

/** Of a failure that the plan found: its code is one of this program. */
function refusal({ code, message, hint }: Failure, other = hint): UsageError {
  return new UsageError(message, { code: code as ErrorCode, hint: other });
}

/** Here they may stand on the command line. */
function optionsHint({ engine }: PlannedModel): string {
  return `correct the option: components/${engine}/README.md lists the options and what they take`;
}

function planOf(
  model: PlannedModel,
  settings: Settings,
  [path = ""]: readonly string[],
): Plan {
  const nowhere = { git_ref: null, git_sha: null, project: null };
  const source = {
    ...{ kind: "local" as const, ...nowhere, merge_request: null },
    ...{ pipeline_url: null, job_url: null },
  };

  return {
    kind: "plan",
    version: 2,
    source,
    skipped: null,
    store: {
      ...{ url: pathToFileURL(path).href, branch: "", snapshot: "" },
      ...{ model_path: "", edge_path: "edge" },
    },
    draft: null,
    publish: "none",
    withheld: null,
    fail_on: settings.failOn,
    force: true,
    gone: [],
    notices: [],
    models: [model],
  };
}
