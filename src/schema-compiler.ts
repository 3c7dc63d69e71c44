import { readFile } from "node:fs/promises";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
// A note of options: see `looseningOptions`.
ajv.addVocabulary(["loosens"]);

/** The check of a schema that this program was not built with. Throws where the file is missing or is no JSON Schema. */
export async function compileSchema(file: string): Promise<ValidateFunction> {
  return ajv.compile(JSON.parse(await readFile(file, "utf8")));
}
