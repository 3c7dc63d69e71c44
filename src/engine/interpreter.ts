import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runChild } from "../child/run-child.ts";
import type { Context } from "../context.ts";

/** A Python interpreter, as it describes itself. */
export interface Interpreter {
  /** Absolute path. */
  python: string;
  /** By package; `python` is its own. */
  versions: Record<string, string>;
  /** Folders that a process of it reads. */
  reads: string[];
}

const DESCRIBE = `
import importlib.metadata, json, platform, sys
versions = {"python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps({"python": sys.executable, "versions": versions, "reads": sorted({sys.prefix, sys.base_prefix})}))
`;

import { nullUnlessPrevented } from "../machine-fault.ts";

/** Asks an interpreter about itself and about `packages`; null where it does not run. */
export async function describeInterpreter(
  ctx: Pick<Context, "environment" | "now" | "signal">,
  python: string,
  packages: readonly string[],
): Promise<Interpreter | null> {
  const asked = await runChild(ctx, {
    command: python,
    args: ["-I", "-B", "-c", DESCRIBE, ...packages],
    cwd: "/",
    env: { PATH: ctx.environment.path, HOME: ctx.environment.home || "/" },
    timeoutMs: 30_000,
    graceMs: 1000,
    maxLogBytes: 100_000,
    signal: ctx.signal,
    isBrief: true,
  }).catch(nullUnlessPrevented);
  ctx.signal.throwIfAborted();
  if (asked?.exitCode !== 0) return null;
  return parseInterpreter(asked.tail.at(-1) ?? "");
}

/** Null for what is not a description: a file cut off, other words of a program that calls itself Python. */
export function parseInterpreter(text: string): Interpreter | null {
  try {
    const data = JSON.parse(text) as Partial<Interpreter>;
    return data.python && data.versions && data.reads
      ? (data as Interpreter)
      : null;
  } catch {
    return null;
  }
}

/** The system's own Python before one on the PATH: every user of the machine can read it. Null where there is none. */
export async function findPython(path: string): Promise<string | null> {
  const folders = [
    "/usr/bin",
    ...path.split(delimiter).filter((folder) => folder.startsWith("/")),
  ];

  for (const folder of folders) {
    const file = join(folder, "python3");
    if (await isExecutable(file)) return file;
  }

  return null;
}

export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
