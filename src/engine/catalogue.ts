import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Context } from "../context.ts";
import { checkAgainst } from "../document/schema.ts";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { advice } from "../text/nearest.ts";
import type { EngineDescription } from "./protocol.ts";

/** The setting that names folders of other engines; a variable alone. */
export const ENGINES = "engines";

/** An engine and where its files lie. */
export interface Engine extends EngineDescription {
  /** Absolute. */
  folder: string;
}

/**
 * The engines of this package's `components/`, and the folders that `MODEL_TO_EDGE_ENGINES` names (separated by colons),
 * sorted by name. Throws `UsageError` for an `engine.json` that is wrong.
 */
export async function listEngines(
  ctx: Pick<Context, "cwd" | "environment" | "root">,
): Promise<Engine[]> {
  const components = join(ctx.root, "components");
  const names = (await readdir(components)).filter(
    (name) => !/^[._]/.test(name),
  );

  const own = await Promise.all(
    names.map((name) => readEngine(join(components, name))),
  );

  const named = (ctx.environment.option(ENGINES) ?? "")
    .split(":")
    .filter((folder) => folder !== "")
    .map((folder) => resolve(ctx.cwd, folder));

  const extra = await Promise.all(named.map(requireEngine));
  const engines = [...own.filter((engine) => engine !== null), ...extra];

  engines.sort((a, b) => (a.name < b.name ? -1 : 1));

  const twice = engines.find(
    (engine, index) => engine.name === engines[index + 1]?.name,
  );

  if (twice)
    throw new UsageError(
      `two engines are named ${twice.name}: one is in ${twice.folder}`,
      {
        code: "engine-twice",
        hint: "rename one of them in its engine.json, or remove it from MODEL_TO_EDGE_ENGINES",
      },
    );

  return engines;
}

/** Throws `UsageError` with the names that are known, or the nearest. */
export function findEngine(engines: readonly Engine[], name: string): Engine {
  const found = engines.find((engine) => engine.name === name);
  if (found) return found;

  const names = engines.map((engine) => engine.name);
  throw new UsageError(`unknown engine "${name}"`, {
    code: "engine-unknown",
    hint: advice(name, names),
  });
}

async function requireEngine(folder: string): Promise<Engine> {
  const engine = await readEngine(folder);
  if (engine) return engine;
  throw new UsageError(`${folder} has no engine.json`, {
    code: "engine-missing",
    hint: "let MODEL_TO_EDGE_ENGINES name folders of engines, separated by colons",
  });
}

/** Null where there is no `engine.json`: the folder is something else. */
async function readEngine(folder: string): Promise<Engine | null> {
  const path = join(folder, "engine.json");
  const text = await readFile(path, "utf8").catch(nullUnlessPrevented);
  if (text === null) return null;

  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw wrong(path, "it is not JSON");
  }

  const [problem] = await checkAgainst("engine", data);
  if (problem) throw wrong(path, problem);

  return { ...(data as EngineDescription), folder };
}

function wrong(path: string, problem: string): UsageError {
  return new UsageError(`${path} does not describe an engine: ${problem}`, {
    code: "engine-wrong",
    hint: "see schemas/engine.schema.json for what it must contain",
  });
}
