import { readFile } from "node:fs/promises";
import {
  Ajv2020,
  type AnySchemaObject,
  type ValidateFunction,
} from "ajv/dist/2020.js";

/** The one that `isSchema` knows. */
const DIALECT = "https://json-schema.org/draft/2020-12/schema";

const compiler = makeCompiler(false);

/**
 * The check of a schema that this program was not built with. Throws where the file is missing or is no JSON Schema.
 * `isSchema` is the built check of a schema itself: Ajv would compile its own in each process, for 0.1 s.
 */
export async function compileSchema(
  file: string,
  isSchema: ValidateFunction,
): Promise<ValidateFunction> {
  const schema = JSON.parse(await readFile(file, "utf8")) as AnySchemaObject;
  const known = (schema.$schema ?? DIALECT) === DIALECT && isSchema(schema);

  // What is no schema is refused in Ajv's own words.
  return (known ? compiler : makeCompiler(true)).compile(schema);
}

function makeCompiler(validateSchema: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    ...{ allErrors: true, allowUnionTypes: true },
    validateSchema,
  });
  // A note of options: see `looseningOptions`.
  ajv.addVocabulary(["loosens"]);

  return ajv;
}
