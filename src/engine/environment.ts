import { readFile, realpath } from "node:fs/promises";
import { arch, platform } from "node:os";
import { basename, join } from "node:path";
import type { Context } from "../context.ts";
import { hashBytes } from "../disk/hash-file.ts";
import { optionVariable } from "../environment/environment.ts";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import type { Engine } from "./catalogue.ts";
import { cachedEngines } from "./engines-folder.ts";
import {
  describeInterpreter,
  findPython,
  type Interpreter,
  isExecutable,
  parseInterpreter,
} from "./interpreter.ts";
import { environmentHash } from "./recipe.ts";

/** Where an engine's Python is, or would be. */
export interface EngineEnvironment {
  installed: boolean;
  /** Absolute path of the interpreter; null where it is not installed. */
  python: string | null;
  /** What `engine install` makes; null where the interpreter was there before. */
  folder: string | null;
  /** Of Python and of the engine's packages. */
  versions: Record<string, string>;
  /** Folders that its process reads. */
  reads: string[];
}

/** Written into an environment's folder when, and only when, it is complete. */
export const COMPLETE = "complete.json";

type Needs = Pick<
  Context,
  "environment" | "cache" | "engines" | "root" | "now" | "signal"
>;

/**
 * The interpreter that `MODEL_TO_EDGE_ENGINE_PYTHON_<NAME>` names (that of an image), else the installed environment,
 * else, for an engine that installs nothing, the system's Python.
 */
export async function engineEnvironment(
  ctx: Needs,
  engine: Engine,
): Promise<EngineEnvironment> {
  const option = `engine-python-${engine.name}`;
  const given = ctx.environment.option(option);

  if (given) {
    const described = await describeInterpreter(ctx, given, engine.packages);
    if (described) return there(described, null);
    throw new UsageError(
      `${optionVariable(option)} is ${given}, which does not run as Python`,
      {
        code: "engine-python",
        hint: `correct it, or unset it and run: \`model-to-edge engine install ${engine.name}\``,
      },
    );
  }

  if (engine.install) return installedOrCached(ctx, engine);

  const python = await findPython(ctx.environment.path);
  const described =
    python === null
      ? null
      : await describeInterpreter(ctx, python, engine.packages);
  if (described) return there(described, null);

  throw new UsageError("no python3 on this machine", {
    code: "python-missing",
    hint: "install Python 3.11 or 3.12",
  });
}

/** The engine's interpreter and what it reads. Throws `UsageError` with the command that installs it. */
export function requireInstalled(
  engine: Engine,
  { python }: EngineEnvironment,
): string {
  if (python !== null) return python;
  throw new UsageError(`engine ${engine.name} is not installed`, {
    code: "engine-not-installed",
    hint: `run \`model-to-edge engine install ${engine.name}\``,
  });
}

/** Where it belongs, else where an earlier version made it: `engine install` moves it from there. */
async function installedOrCached(
  ctx: Needs,
  engine: Engine,
): Promise<EngineEnvironment> {
  const folder = await environmentFolder(ctx, engine);
  const environment = await installedEnvironment(folder);
  if (environment.installed) return environment;

  const cached = await installedEnvironment(
    join(cachedEngines(ctx), basename(folder)),
  );
  return cached.installed ? cached : environment;
}

/** `<engines>/<name>-<12 hex>`: of the pins, the install script, Python's version and the kind of machine. */
export async function environmentFolder(
  ctx: Needs,
  engine: Engine,
): Promise<string> {
  const found =
    ctx.environment.option("python") ??
    (await findPython(ctx.environment.path));
  const python =
    found === null
      ? "none"
      : basename(await realpath(found).catch(() => found));

  const machine = `${platform()}-${arch()}`;
  const key = hashBytes(
    `environment/1\n${environmentHash(engine)}\n${python}\n${machine}\n`,
  );

  return join(ctx.engines, `${engine.name}-${key.slice(0, 12)}`);
}

/** What is complete in a folder; its interpreter is the one that was written down there. */
export async function installedEnvironment(
  folder: string,
): Promise<EngineEnvironment> {
  const interpreter = parseInterpreter(
    (await readFile(join(folder, COMPLETE), "utf8").catch(
      nullUnlessPrevented,
    )) ?? "",
  );
  // A Debian package that the environment stands on may be gone.
  if (interpreter && (await isExecutable(interpreter.python)))
    return there(interpreter, folder);
  return { installed: false, python: null, folder, versions: {}, reads: [] };
}

function there(
  { python, versions, reads }: Interpreter,
  folder: string | null,
): EngineEnvironment {
  return { installed: true, python, folder, versions, reads };
}
