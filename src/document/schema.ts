import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { packageFile } from "../package-file.ts";

/** A file `schemas/<name>.schema.json`. */
export type SchemaName =
  | "plan"
  | "conversion"
  | "verdict"
  | "performance"
  | "publication"
  | "summary"
  | "manifest"
  | "manifest-1"
  | "manifest-2"
  | "attestation"
  | "attestation-statement"
  | "identity"
  | "model-signature"
  | "model-signature-statement"
  | "contract"
  | "engine"
  | "engine-result"
  | "conversion-config"
  | "land"
  | "model-lock"
  | "profile"
  | "release"
  | "promotion"
  | "s3-index"
  | "s3-landing-record"
  | "s3-kept"
  | "file-kept"
  | "file-landing-record"
  | "handover"
  | "toolchain"
  | "fleet"
  | "dataset"
  | "dataset-promotion"
  | "model-diff";

/** A problem with a piece of data: where (a JSON pointer), and what. */
export interface SchemaProblem {
  pointer: string;
  keyword: string;
  message: string;
  params: Record<string, unknown>;
}

/** What the build makes of a schema: `dist/validators/<name>.js`. */
interface BuiltSchema {
  validate: ValidateFunction;
  /** Of its documents; null where it has none. */
  version: number | null;
}

const compiled = new Map<string, Promise<ValidateFunction>>();

/** Problems as lines; empty where the data is fine. */
export async function checkAgainst(
  name: SchemaName,
  data: unknown,
): Promise<string[]> {
  return (await schemaProblems(name, data)).map(
    (problem) => `${problem.pointer || "/"} ${problem.message}`,
  );
}

export async function schemaProblems(
  name: SchemaName,
  data: unknown,
): Promise<SchemaProblem[]> {
  return problemsOf((await builtSchema(name)).validate, data);
}

/** The version of a document that this program writes and reads: the schema's own. */
export async function schemaVersion(name: SchemaName): Promise<number> {
  const { version } = await builtSchema(name);
  if (version === null) throw new Error(`${name}.schema.json has no version`);

  return version;
}

/** From the sources too, as a build lies beside them. */
function builtSchema(name: SchemaName | "json-schema"): Promise<BuiltSchema> {
  const { href } = packageFile(`dist/validators/${name}.js`);
  return import(href) as Promise<BuiltSchema>;
}

/** Checks data against a schema that is not ours to name: an engine's options. */
export async function problemsAgainstFile(
  file: string,
  data: unknown,
): Promise<SchemaProblem[]> {
  let check = compiled.get(file);

  if (!check) {
    check = compileFile(file);
    compiled.set(file, check);
  }

  return problemsOf(await check, data);
}

async function compileFile(file: string): Promise<ValidateFunction> {
  const { validate } = await builtSchema("json-schema");
  const { compileSchema } = await import("./schema-compiler.ts");

  return compileSchema(file, validate);
}

function problemsOf(check: ValidateFunction, data: unknown): SchemaProblem[] {
  return check(data) ? [] : (check.errors ?? []).map(toProblem);
}

/** Types as people who write YAML call them. */
const TYPES: ReadonlyMap<unknown, string> = new Map([
  ["object", "a map of keys"],
  ["array", "a list"],
  ["boolean", "true or false"],
  ["integer", "a whole number"],
  ["number", "a number"],
  ["null", "empty"],
]);

function wordsOf({ keyword, message, params }: ErrorObject): string {
  if (keyword === "const")
    return `must be ${JSON.stringify(params.allowedValue)}`;
  if (keyword !== "type") return message ?? "is wrong";

  const types: unknown[] = [params.type].flat();
  return `must be ${types.map((type) => TYPES.get(type) ?? String(type)).join(" or ")}`;
}

function toProblem(error: ErrorObject): SchemaProblem {
  const extra = error.params as Record<string, unknown>;
  const { additionalProperty, allowedValues } = extra;
  const named =
    additionalProperty ?? (allowedValues as unknown[] | undefined)?.join(", ");
  const words = wordsOf(error);
  const message = `${words}${named ? ` (${String(named)})` : ""}`;

  return {
    pointer: error.instancePath,
    keyword: error.keyword,
    message,
    params: extra,
  };
}
