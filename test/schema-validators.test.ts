import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ValidateFunction } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { compileSchema } from "../src/schema-compiler.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const NAMES = readdirSync(`${root}schemas`).map((name) =>
  name.replace(".schema.json", ""),
);

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
    const compiled = await compileSchema(file);
    const { validate } = (await import(
      `${root}dist/validators/${name}.js`
    )) as { validate: ValidateFunction };
    const schema = JSON.parse(readFileSync(file, "utf8")) as Schema;

    for (const sample of samplesOf(schema)) {
      expect(validate(sample)).toBe(compiled(sample));
      expect(validate.errors).toEqual(compiled.errors);
    }
  },
);
