import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { knownKeys } from "../../src/config/known-keys.ts";

interface Part {
  properties?: Record<string, Part>;
  items?: Part;
  additionalProperties?: unknown;
}

const schema = JSON.parse(
  readFileSync("schemas/conversion-config.schema.json", "utf8"),
) as Part & { $defs: { model: Part } };

/** Every part that refuses unknown keys, by its path. */
function closed(part: Part, path: string[]): [string[], string[]][] {
  const below = Object.entries(part.properties ?? {}).flatMap(([key, each]) =>
    closed(each, [...path, key]),
  );
  const items = part.items ? closed(part.items, [...path, "0"]) : [];
  const own: [string[], string[]][] =
    part.additionalProperties === false
      ? [[path, Object.keys(part.properties ?? {})]]
      : [];

  return [...own, ...below, ...items];
}

const parts = [
  ...closed(schema, []),
  ...closed(schema.$defs.model, ["models", "detector"]),
];

it("has every part of the schema", () => {
  expect(parts.length).toBeGreaterThanOrEqual(10);
});

it.each(parts)("at %j they are the schema's", (path, keys) => {
  expect(knownKeys(path).toSorted()).toEqual(keys.toSorted());
});
