import { describe, expect, test } from "vitest";
import type { SchemaName } from "../../src/document/schema.ts";
import { recordIn } from "../../src/store/own-record.ts";

const SHA256 = "a".repeat(64);
const FILE = { sha256: SHA256, size: 1, etag: "e" };

/** A good one of each kind of record that a store keeps for itself. */
const RECORDS: readonly [schema: SchemaName, data: object][] = [
  [
    "s3-index",
    {
      ...{ branch: "main", parent: null, made_at: "x", message: "m" },
      ...{ metadata: {}, input: null, wrote: [], tree: SHA256 },
      files: { "edge/a/m": FILE },
    },
  ],
  [
    "s3-landing-record",
    {
      ...{ source: "topic", at: "s3-initial-0", folders: ["model/a"] },
      ...{ brings: { "model/a/w": { etag: "e", size: 1 } }, removes: [] },
    },
  ],
  [
    "s3-kept",
    {
      ...{ id: "d", branch: "main", base: "", owner: "o", objects: [SHA256] },
      ...{ made_at: "2026-01-01T00:00:00.000Z", files: { "edge/a/m": FILE } },
    },
  ],
  [
    "file-kept",
    { madeAt: 1, files: { "edge/a/m": { sha256: SHA256, stat: "s" } } },
  ],
  [
    "file-landing-record",
    {
      ...{ id: "1-2", source: "topic", publication: null },
      models: [{ folder: "model/a", inode: "7" }],
    },
  ],
];

describe.each(RECORDS)("a record of the kind %s", (schema, data) => {
  const whole = { kind: schema, version: 1, ...data };
  const read = (record: object) => recordIn(schema, JSON.stringify(record));

  test("is read whole", async () => {
    expect(await read(whole)).toEqual({ state: "whole", data: whole });
  });

  test("of a newer version is told apart, whatever else is in it", async () => {
    expect(await read({ ...whole, version: 2, more: true })).toEqual({
      ...{ state: "newer", version: 2 },
    });
  });

  test.each([
    ["truncated", JSON.stringify(whole).slice(0, -1)],
    ["empty", ""],
    ["of another kind", JSON.stringify({ ...whole, kind: "another" })],
    ["without a version", JSON.stringify({ ...whole, version: undefined })],
    ["of version 0", JSON.stringify({ ...whole, version: 0 })],
    ["not an object", "null"],
    ["with a field that nobody knows", JSON.stringify({ ...whole, x: 1 })],
    ...Object.keys(data).map((name) => [
      `without ${name}`,
      JSON.stringify({ ...whole, [name]: undefined }),
    ]),
  ])("%s is damaged", async (_, text) => {
    expect(await recordIn(schema, String(text))).toMatchObject({
      ...{ state: "damaged", problem: expect.stringMatching(/\w/) },
    });
  });
});
