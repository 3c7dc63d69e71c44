import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./shell-blocks.ts";

interface Schema {
  $ref?: string;
  type?: string | string[];
  items?: Schema;
  properties?: Record<string, Schema>;
  $defs?: Record<string, Schema>;
}

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const schema = JSON.parse(read("schemas/contract.schema.json")) as Schema;

/** Keys of an object, with those below: `preprocess.windows.size`. A list is its items; `inputs` is said once, as `input`. */
function keysOf({ properties = {} }: Schema, above = ""): string[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    const key = above + name;
    const below = key === "inputs" ? {} : resolved(value.items ?? value);
    return [key, ...keysOf(below, `${key}.`)];
  });
}

function resolved({ $ref, ...schemaHere }: Schema): Schema {
  const name = $ref?.slice("#/$defs/".length);
  return name === undefined ? schemaHere : (schema.$defs?.[name] ?? {});
}

/** First cells of the tables whose head is `key`. */
function keysOfPage(page: string): string[] {
  const tables = page.split("\n\n").filter((text) => /^\| key /.test(text));
  return tables.flatMap((table) =>
    [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, key = ""]) => key),
  );
}

describe("docs/contract.md", () => {
  it("describes each key of the schema, and no other", () => {
    const keys = keysOf(schema);
    expect(keys).toContain("preprocess.windows.stride");
    expect(keysOfPage(read("docs/contract.md")).sort()).toEqual(keys.sort());
  });

  it("shows programs of the length that it promises", () => {
    const [, program = ""] =
      /```python\n([\s\S]*?)```/.exec(read("docs/contract.md")) ?? [];
    const lines = program.split("\n").filter((line) => line.trim() !== "");
    expect(lines.length).toBeLessThanOrEqual(45);
  });
});
