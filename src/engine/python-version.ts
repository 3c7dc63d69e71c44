import { delimiter, join } from "node:path";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { describeInterpreter, isExecutable } from "./interpreter.ts";

/** The engines' pinned packages have files for these, and the tests run with them. */
export const PYTHON_VERSIONS: readonly string[] = ["3.11", "3.12"];

const RANGE = PYTHON_VERSIONS.join(" or ");

type Needs = Pick<Context, "environment" | "now" | "signal">;

/** The interpreter that an engine is installed with. */
export interface ChosenPython {
  /** Absolute; null where the machine has none, which an install script may change. */
  python: string | null;
  version: string | null;
  /** A `python3` of another version is there too: an install script has to be told. */
  isOneOfSeveral: boolean;
}

/**
 * The one that `MODEL_TO_EDGE_PYTHON` names, else the first of a version that is taken: `python3` of the PATH, that of
 * the system, `python3.11`, `python3.12`. Throws `UsageError` where there are others only.
 */
export async function choosePython(ctx: Needs): Promise<ChosenPython> {
  const named = ctx.environment.option("python");
  if (named) {
    const version = await versionOf(ctx, named);
    if (version === null) throw refused(`${named} does not run as Python`);
    if (!isTaken(version)) throw refused(`${named} is Python ${version}`);
    return { python: named, version, isOneOfSeveral: false };
  }

  const found: { python: string; version: string }[] = [];
  for (const python of await candidates(ctx)) {
    const version = await versionOf(ctx, python);
    if (version !== null) found.push({ python, version });
  }

  const [first] = found;
  const taken = found.find(({ version }) => isTaken(version));
  if (first && !taken)
    throw refused(`${first.python} is Python ${first.version}`);

  return {
    python: taken?.python ?? null,
    version: taken?.version ?? null,
    isOneOfSeveral: found.some(({ version }) => !isTaken(version)),
  };
}

function isTaken(version: string): boolean {
  return PYTHON_VERSIONS.some((each) => version.startsWith(`${each}.`));
}

async function candidates({ environment }: Needs): Promise<string[]> {
  const folders = environment.path
    .split(delimiter)
    .filter((folder) => folder.startsWith("/"));

  const all = [
    await firstOf(folders, "python3"),
    await firstOf(["/usr/bin"], "python3"),
    ...(await Promise.all(
      PYTHON_VERSIONS.map((each) => firstOf(folders, `python${each}`)),
    )),
  ];
  return [...new Set(all.filter((file) => file !== null))];
}

async function firstOf(
  folders: readonly string[],
  name: string,
): Promise<string | null> {
  for (const folder of folders)
    if (await isExecutable(join(folder, name))) return join(folder, name);
  return null;
}

async function versionOf(ctx: Needs, python: string): Promise<string | null> {
  const described = await describeInterpreter(ctx, python, []);
  return described?.versions.python ?? null;
}

function refused(what: string): UsageError {
  return new UsageError(`${what}; the engines need Python ${RANGE}`, {
    code: "python-version",
    hint: "install one of them beside it, and name it: MODEL_TO_EDGE_PYTHON=/usr/bin/python3.11",
  });
}
