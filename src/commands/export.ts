import { readFile } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { optionsOf } from "../config/command-options.ts";
import { readExactYaml } from "../config/exact-yaml.ts";
import { readSettings, type Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { convertAll } from "../convert/convert-all.ts";
import type { ConvertedModel } from "../convert/convert-model.ts";
import { type ModelFolders, modelFolders } from "../convert/workspace.ts";
import { toJson } from "../document/document.ts";
import { type EngineOption, engineOptions } from "../engine/options.ts";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { nameOf, planFiles } from "../plan/plan-files.ts";
import { planEngines } from "../plan/plan-inputs.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import { CHECKS_VERSION } from "../validate/checks/registry.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { readEngineFlags } from "./program/engine-flags.ts";
import { inOwnFolder } from "./run/own-output.ts";
import { writeModelPage } from "./run/write-model-page.ts";
import { startDeadline } from "./session.ts";

const OWN_FLAGS = [...optionsOf("export").map(({ name }) => name), "options"];

/**
 * Converts and proves one model that lies here, with no store: exit code 0 only where it could be published. `words`: its
 * folder or files, and options of the engine.
 */
export async function exportFiles(
  ctx: Context,
  io: CommandIo,
  words: readonly string[],
  flags: Flags,
): Promise<void> {
  const engines = await planEngines(ctx);
  const known = await engineOptionsOf(engines, flags.engine);
  const given = readEngineFlags(words, known, OWN_FLAGS);
  const paths = given.paths.map((path) => resolve(ctx.cwd, path));
  const settings = settingsOf(ctx, paths, flags);
  const out = resolve(ctx.cwd, settings.out);
  const options = {
    ...(await optionsFile(ctx, flags.options)),
    ...given.options,
  };

  const name = await nameOf(paths);
  const folders = modelFolders(out, name);
  refuseOverwrite(folders, paths);

  const { plan, snapshot } = await planFiles(ctx, {
    ...{ name, paths, settings, options, engines },
    ...{ without: folders.root, checks: CHECKS_VERSION },
  });
  for (const what of plan.models.flatMap(({ policy }) => policy.loosened))
    ctx.log.warn(`exception: ${what}`);

  const end = ctx.now().getTime() + startDeadline(ctx, io, settings);
  // Other models may be exported into the same `--out` at the same time.
  const [converted] = await inOwnFolder(ctx, folders.root, () =>
    convertAll(ctx, {
      plan,
      store: { snapshot: async () => snapshot, draft: noDraft },
      out,
      isolation: settings.isolation,
      jobs: 1,
      key: null,
      timeLeft: () => Math.max(1, end - ctx.now().getTime()),
      writeModelPage,
      shownPlaces: ({ files, evidence }) => ({
        edge: shown(ctx, files),
        evidence: shown(ctx, evidence),
      }),
    }),
  );
  if (!converted) throw new Error("the model was not converted");

  sayPlaces(ctx, folders, converted);
  if (settings.json) io.print(toJson(converted.conversion));
  io.exit(exitCodeOf([converted.conversion]));
}

/** Those of the engine that is named, else of all: where two engines have one name for two types, it is of neither. */
async function engineOptionsOf(
  engines: Awaited<ReturnType<typeof planEngines>>,
  named: Flags[string],
): Promise<EngineOption[]> {
  const meant = engines.filter(({ engine }) => engine.name === named);
  const found = new Map<string, EngineOption>();

  for (const { engine } of meant.length > 0 ? meant : engines)
    for (const { name, type } of await engineOptions(engine)) {
      const before = found.get(name);
      const both = before === undefined || before.type === type ? type : "";
      found.set(name, { name, type: both });
    }

  return [...found.values()];
}

function settingsOf(
  { environment }: Context,
  [first]: readonly string[],
  flags: Flags,
): Settings {
  if (first === undefined)
    throw new UsageError("export needs a model", {
      code: "setting",
      hint: "name its folder or its files: `model-to-edge export FOLDER`",
    });

  // No store is opened: the place stands where a run has its store.
  return readSettings(
    { ...flags, store: pathToFileURL(first).href },
    environment,
  );
}

/** Options of the engine in a YAML file, by their names. */
async function optionsFile(
  { cwd }: Context,
  named: Flags[string],
): Promise<Record<string, unknown>> {
  if (named === undefined) return {};

  const file = String(named);
  const read = readExactYaml(await textOf(resolve(cwd, file), file), file);
  if ("problems" in read) {
    const [problem] = read.problems;
    throw wrongFile(
      `${file}:${problem?.line}:${problem?.column} ${problem?.message}`,
    );
  }

  const { data } = read;
  if (typeof data !== "object" || data === null || Array.isArray(data))
    throw wrongFile(`${file} is not a mapping of options`);
  if ("version" in data)
    throw wrongFile(`${file} is a conversion.yaml: name it with --config`);

  return { ...data };
}

async function textOf(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    nullUnlessPrevented(error);
    throw wrongFile(`${file} cannot be read`);
  }
}

function wrongFile(message: string): UsageError {
  return new UsageError(message, {
    code: "options",
    hint: "give `--options` a YAML file with one option a line, such as `opset_version: 17`",
  });
}

/** The folder of the outputs is emptied first. */
function refuseOverwrite(
  { root }: ModelFolders,
  paths: readonly string[],
): void {
  const lost = paths.find(
    (path) => path === root || path.startsWith(root + sep),
  );
  if (lost === undefined) return;

  throw new UsageError(
    `the outputs would take the place of the model, ${lost}`,
    {
      code: "folder-taken",
      hint: "name another folder with `--out`",
    },
  );
}

function noDraft(): never {
  throw new Error("an export publishes nothing");
}

function shown({ cwd }: Pick<Context, "cwd">, path: string): string {
  return relative(cwd, path) || ".";
}

function sayPlaces(
  ctx: Context,
  folders: ModelFolders,
  { conversion, verdict }: ConvertedModel,
): void {
  if (verdict === null) {
    ctx.log.info(`log: ${shown(ctx, folders.log)}`);
    return;
  }

  const word = conversion.ships ? "edge model" : "not proved";
  ctx.log.info(`${word}: ${shown(ctx, folders.files)}`);
  ctx.log.info(`report: ${shown(ctx, folders.evidence)}/report.html`);
  ctx.log.info(`check it again: ${verdict.reproduce}`);
}
