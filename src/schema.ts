import { readFile } from "node:fs/promises";
import {
  Ajv2020,
  type ErrorObject,
  type ValidateFunction,
} from "ajv/dist/2020.js";

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

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
// A note of options: see `looseningOptions`.
ajv.addVocabulary(["loosens"]);
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
  return problemsOf(await schemaCheck(schemaFile(name)), data);
}

function schemaFile(name: SchemaName): URL {
  return new URL(`../schemas/${name}.schema.json`, import.meta.url);
}

/** The version of a document that this program writes and reads: the schema's own. */
export async function schemaVersion(name: SchemaName): Promise<number> {
  const { schema } = await schemaCheck(schemaFile(name));
  const { properties } = schema as {
    properties?: { version?: { const?: unknown } };
  };
  const version = properties?.version?.const;
  if (typeof version !== "number")
    throw new Error(`${name}.schema.json has no version`);

  return version;
}

/** Checks data against a schema that is not ours to name: an engine's options. */
export async function problemsAgainstFile(
  file: string,
  data: unknown,
): Promise<SchemaProblem[]> {
  return problemsOf(await schemaCheck(file), data);
}

function schemaCheck(file: string | URL): Promise<ValidateFunction> {
  const key = String(file);
  let check = compiled.get(key);

  if (!check) {
    check = readFile(file, "utf8").then((text) =>
      ajv.compile(JSON.parse(text)),
    );
    compiled.set(key, check);
  }

  return check;
}

function problemsOf(check: ValidateFunction, data: unknown): SchemaProblem[] {
  return check(data) ? [] : (check.errors ?? []).map(toProblem);
}

function toProblem(error: ErrorObject): SchemaProblem {
  const extra = error.params as Record<string, unknown>;
  const { additionalProperty, allowedValues } = extra;
  const named =
    additionalProperty ?? (allowedValues as unknown[] | undefined)?.join(", ");
  const message = `${error.message ?? "is wrong"}${named ? ` (${String(named)})` : ""}`;

  return {
    pointer: error.instancePath,
    keyword: error.keyword,
    message,
    params: extra,
  };
}
