import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { stringify } from "yaml";
import { runChild } from "../../child/run-child.ts";
import type { Context } from "../../context.ts";
import { withTemporaryFolder } from "../../disk/temporary-folder.ts";
import { toJson, writeWhole } from "../../document/document.ts";
import { listEngines } from "../../engine/catalogue.ts";
import { findPython } from "../../engine/interpreter.ts";
import { optionProblems } from "../../engine/options.ts";
import { UsageError } from "../../errors.ts";
import { orMissing } from "../../node-error.ts";
import type { CommandIo } from "../command-io.ts";

/** One configuration of a plugin in the file. */
interface FoundCall {
  engine: string;
  line: number;
  options: Record<string, unknown>;
  /** What changes, for people. */
  notes: string[];
}

interface Reading {
  calls: FoundCall[];
  problems: { line: number; column: number; message: string }[];
}

const TARGET = "conversion.yaml";
const READING_MS = 30_000;

/**
 * Writes a `conversion.yaml` from the configuration of a flytekit ONNX plugin in a Python file, which is parsed and never
 * run. `named`: FILE, or FILE:LINE where it has several. Throws `UsageError` where there is none or more than one, where
 * it is not Python, and for each value or key that cannot be carried over.
 */
export async function fromFlytekit(
  ctx: Context,
  io: CommandIo,
  named: string,
): Promise<void> {
  const target = join(ctx.cwd, TARGET);
  if (existsSync(target))
    throw wrong(
      [`${TARGET} is there already`],
      "move it away first; both cannot be put together safely",
    );

  const { file, line } = placeOf(named);
  const reading = await read(ctx, file);
  if (reading.problems.length > 0)
    throw wrong(
      reading.problems.map(
        (found) => `${file}:${found.line}:${found.column} ${found.message}`,
      ),
      "write these as plain values, then again: nothing of the file is run",
    );

  const call = onlyOne(reading.calls, file, line);
  await refuseOptions(ctx, call, file);

  const text = conversionOf(call, `${file}:${call.line}`);
  await writeWhole(target, text);
  io.print(text);
  ctx.log.info(`written: ${TARGET}, from ${file}:${call.line}`);
  for (const note of call.notes) ctx.log.info(`note: ${note}`);
  ctx.log.info("next: model-to-edge export, or init for the pipeline");
}

function placeOf(named: string): { file: string; line: number | null } {
  const [, file, line] = /^(.*):(\d+)$/.exec(named) ?? [];
  return file && line
    ? { file, line: Number(line) }
    : { file: named, line: null };
}

/** What Python's own parser finds. */
async function read(ctx: Context, file: string): Promise<Reading> {
  const path = resolve(ctx.cwd, file);
  const found = await orMissing(stat(path));
  if (!found?.isFile())
    throw new UsageError(
      `${file} ${found ? "is a folder" : "does not exist"}`,
      {
        code: "path-missing",
        hint: "name the Python file with the plugin's configuration",
      },
    );

  const python = await findPython(ctx.environment.path);
  if (python === null)
    throw new UsageError("no python3 on this machine", {
      code: "python-missing",
      hint: "install Python 3.11 or 3.12",
    });

  return withTemporaryFolder("model-to-edge-flytekit-", async (folder) => {
    const tables = join(folder, "tables.json");
    await writeWhole(tables, toJson(await tablesOf(ctx)));
    const script = join(ctx.root, "components/_flytekit/read_file.py");
    return parse(await runReader(ctx, python, [script, path, tables]), file);
  });
}

async function runReader(
  ctx: Context,
  python: string,
  args: string[],
): Promise<string> {
  const lines: string[] = [];
  const { exitCode, tail } = await runChild(ctx, {
    command: python,
    args: ["-B", ...args],
    cwd: "/",
    env: { PATH: ctx.environment.path, LANG: "C.UTF-8" },
    onLine: (line) => void lines.push(line),
    timeoutMs: READING_MS,
    graceMs: 1000,
    maxLogBytes: 1 << 20,
    signal: ctx.signal,
  });
  ctx.signal.throwIfAborted();

  if (exitCode !== 0)
    throw new Error(`the reader of Python ended: ${tail.join("\n")}`);
  return lines.at(-1) ?? "";
}

function parse(text: string, file: string): Reading {
  try {
    return JSON.parse(text) as Reading;
  } catch (error) {
    throw new Error(`the reader said nothing of ${file}`, { cause: error });
  }
}

/** `flytekit.json` of each engine that has a plugin's counterpart. */
async function tablesOf(ctx: Context): Promise<object[]> {
  const tables = await Promise.all(
    (await listEngines(ctx)).map(async ({ name, folder }) => {
      const text = await orMissing(
        readFile(join(folder, "flytekit.json"), "utf8"),
      );
      return text === null
        ? []
        : [{ ...(JSON.parse(text) as object), engine: name }];
    }),
  );
  return tables.flat();
}

function onlyOne(
  calls: readonly FoundCall[],
  file: string,
  line: number | null,
): FoundCall {
  const meant =
    line === null ? calls : calls.filter((call) => call.line === line);
  const [only, second] = meant;
  if (only && second === undefined) return only;

  const places = calls.map((call) => `${file}:${call.line} (${call.engine})`);
  if (calls.length === 0)
    throw wrong(
      [`${file} configures no ONNX plugin of flytekit`],
      "it should hold a call such as ScikitLearn2ONNXConfig(…), docs/from-flytekit.md",
    );

  throw wrong(
    [
      line === null
        ? `${file} has ${calls.length} configurations: ${places.join(", ")}`
        : `${file}:${line} is not one configuration; there are ${places.join(", ")}`,
    ],
    `choose one: --from-flytekit ${file}:${calls[0]?.line}; the others go below models:`,
  );
}

async function refuseOptions(
  ctx: Context,
  { engine: name, line, options }: FoundCall,
  file: string,
): Promise<void> {
  const engine = (await listEngines(ctx)).find((each) => each.name === name);
  if (!engine) throw new Error(`${name} went away`);

  const problems = await optionProblems(engine, options);
  if (problems.length > 0)
    throw wrong(
      problems.map((problem) => `${file}:${line} ${problem}`),
      `correct it in ${file}; components/${name}/README.md lists what the engine takes`,
    );
}

function conversionOf({ engine, options, notes }: FoundCall, place: string) {
  const config = { version: 1, defaults: { engine, [engine]: options } };
  return [
    `# From ${basename(place)} (docs/from-flytekit.md); docs/configuration.md lists all keys.`,
    ...notes.map((note) => `# ${note}`),
    stringify(config, { flowCollectionPadding: true }),
  ].join("\n");
}

function wrong(lines: readonly string[], hint: string): UsageError {
  return new UsageError(lines.join("\n"), { code: "flytekit", hint });
}
