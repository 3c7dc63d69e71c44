import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { problemsAgainstFile, type SchemaProblem } from "../document/schema.ts";
import { suggestion } from "../text/nearest.ts";
import type { Engine } from "./catalogue.ts";

interface OptionsSchema {
  type?: string;
  /** `#/$defs/NAME`. */
  $ref?: string;
  $defs?: Record<string, OptionsSchema>;
  properties?: Record<string, OptionsSchema>;
  /** Only Git may set it. */
  loosens?: boolean;
}

/** An option as the command line takes it. */
export interface EngineOption {
  name: string;
  /** `boolean` needs no value, `string` is taken as it is, all else is YAML; "": it may be of several types. */
  type: string;
}

/** The options of an engine, in the order of its schema. */
export async function engineOptions({
  folder,
  options,
}: Pick<Engine, "folder" | "options">): Promise<EngineOption[]> {
  const schema = await schemaOf(join(folder, options));

  return Object.entries(schema.properties ?? {}).map(([name, option]) => {
    const named = schema.$defs?.[option.$ref?.split("/").at(-1) ?? ""];
    return { name, type: option.type ?? named?.type ?? "" };
  });
}

async function schemaOf(file: string): Promise<OptionsSchema> {
  return JSON.parse(await readFile(file, "utf8")) as OptionsSchema;
}

/** Problems of a set of options as lines, with the nearest known name; empty where the engine takes them. */
export async function optionProblems(
  engine: Pick<Engine, "name" | "folder" | "options">,
  options: Record<string, unknown>,
): Promise<string[]> {
  const file = join(engine.folder, engine.options);
  const schema = await schemaOf(file);
  if (Object.keys(options).length === 0 && needsNone(schema)) return [];

  const problems = await problemsAgainstFile(file, options);
  if (problems.length === 0) return [];

  return [
    ...new Set(problems.map((problem) => lineOf(problem, engine.name, schema))),
  ];
}

/** Keywords that say nothing of a map without keys. */
const OF_KEYS: ReadonlySet<string> = new Set([
  ...["$schema", "$id", "$comment", "$defs", "title", "description"],
  ...["type", "properties", "additionalProperties"],
]);

/** Whether the schema certainly takes `{}`: to compile it takes 0.1 s, and most models have no options. */
function needsNone(schema: OptionsSchema): boolean {
  return (
    schema.type === "object" &&
    Object.keys(schema).every((keyword) => OF_KEYS.has(keyword))
  );
}

function lineOf(
  { pointer, keyword, message, params }: SchemaProblem,
  engine: string,
  schema: OptionsSchema,
): string {
  const path = pointer.split("/").slice(1);
  const where = [engine, ...path].join(".");
  const unknown = params.additionalProperty;
  if (keyword !== "additionalProperties" || typeof unknown !== "string")
    return `${where} ${message}`;

  let level: OptionsSchema | undefined = schema;
  for (const key of path) level = level?.properties?.[key];
  const known = Object.keys(level?.properties ?? {});

  return `${where} has no option "${unknown}": ${suggestion(unknown, known)}`;
}

/** Options that loosen what a model must meet, such as trust in a pickle: only Git may set them. */
export async function looseningOptions({
  folder,
  options,
}: Pick<Engine, "folder" | "options">): Promise<string[]> {
  const schema = await schemaOf(join(folder, options));

  return Object.entries(schema.properties ?? {}).flatMap(
    ([key, { loosens }]) => (loosens === true ? [key] : []),
  );
}

/** Where an engine's opset is set, such as `mmdeploy.opset`; null where its options have none. */
export async function opsetOption(
  engine: Pick<Engine, "name" | "folder" | "options">,
): Promise<string | null> {
  const schema = await schemaOf(join(engine.folder, engine.options));

  const option = Object.keys(schema.properties ?? {}).find((key) =>
    /^(target_)?opset(_version)?$/.test(key),
  );

  return option === undefined ? null : `${engine.name}.${option}`;
}
