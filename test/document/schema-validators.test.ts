import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { compileSchema } from "../../src/document/schema-compiler.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const NAMES = readdirSync(`${root}schemas`).map((name) =>
  name.replace(".schema.json", ""),
);

const { validate: isSchema } = await built("json-schema");

async function built(name: string): Promise<{ validate: ValidateFunction }> {
  return (await import(`${root}dist/validators/${name}.js`)) as {
    validate: ValidateFunction;
  };
}

interface Schema {
  properties?: Record<string, Schema & { const?: unknown }>;
}

/** Values of every kind, and objects whose every property is one of them. */
function samplesOf({ properties = {} }: Schema): unknown[] {
  const values = [null, 0, -1.5, "", "../x", [], [{}], {}, { a: 1 }];
  const filled = values.map((value) =>
    Object.fromEntries(
      Object.entries(properties).map(([key, { const: fixed }]) => [
        key,
        fixed ?? value,
      ]),
    ),
  );

  return [
    ...values,
    ...filled,
    ...filled.map((each) => ({ ...each, foreign: 1 })),
  ];
}

test.each(NAMES)(
  "the built check of %s finds what the schema's own does, in the same words",
  async (name) => {
    const file = `${root}schemas/${name}.schema.json`;
    const compiled = await compileSchema(file, isSchema);
    const { validate } = await built(name);
    const schema = JSON.parse(readFileSync(file, "utf8")) as Schema;

    for (const sample of samplesOf(schema)) {
      expect(validate(sample)).toBe(compiled(sample));
      expect(validate.errors).toEqual(compiled.errors);
    }
  },
);

test.each([
  ["a type that does not exist", { type: "objekt" }],
  ["a bound that is text", { properties: { a: { minimum: "3" } } }],
  ["a wrong schema below another", { $defs: { x: { items: { type: 3 } } } }],
  ["a list that may not be empty", { properties: { a: { anyOf: [] } } }],
  ["a number", 3],
  ["another dialect", { $schema: "http://json-schema.org/draft-07/schema#" }],
  ["a dialect that is no text", { $schema: 7 }],
])("%s is no schema, in the words of Ajv", async (_, schema) => {
  const file = join(mkdtempSync(join(tmpdir(), "schema-")), "options.json");
  writeFileSync(file, JSON.stringify(schema));
  const words = errorOf(() =>
    new Ajv2020({ allErrors: true }).compile(schema as object),
  );

  expect(words).not.toBe("");
  await expect(compileSchema(file, isSchema)).rejects.toThrow(words);
});

function errorOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
