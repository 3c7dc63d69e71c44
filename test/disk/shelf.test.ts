import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, test } from "vitest";
import { makeShelf, type Shelf } from "../../src/disk/shelf.ts";

interface Item {
  name: string;
  files: { path: string; size: number }[];
  failure: { message: string } | null;
  code?: string;
}

const IN_MEMORY = 1000;
const folder = mkdtempSync(join(tmpdir(), "model-to-edge-shelf-"));
const shelves: Shelf[] = [];

afterEach(() => {
  for (const shelf of shelves.splice(0)) shelf.close();
});

function item(number: number): Item {
  return {
    name: `m${number}`,
    files: [{ path: `edge/m${number}/é.onnx`, size: number }],
    failure: number % 3 === 0 ? { message: "no" } : null,
    ...(number % 2 === 0 ? { code: "git" } : {}),
  };
}

function kept(count: number): Item[] {
  const shelf = makeShelf(folder);
  shelves.push(shelf);
  const keep = shelf.keeper<Item>(["name", "failure"]);
  return Array.from({ length: count }, (_, number) => keep(item(number)));
}

/** Bytes of V8's heap that something still refers to. */
function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

describe("a shelf", () => {
  test("gives back what was put, in any order and whoever looks", () => {
    const items = kept(IN_MEMORY + 500);
    for (const number of [1499, 1000, 1001, 1200, 3, 1000, 1499]) {
      const [is, was] = [items[number], item(number)];
      expect(is).toEqual(was);
      expect({ ...is }).toEqual(was);
      expect(Object.keys(is ?? {})).toEqual(Object.keys(was));
      expect("code" in (is ?? {})).toBe("code" in was);
      expect(JSON.stringify(is, null, 2)).toBe(JSON.stringify(was, null, 2));
    }
    expect(JSON.stringify(items)).toBe(
      JSON.stringify(Array.from({ length: 1500 }, (_, number) => item(number))),
    );
  });

  test("needs no file for a thousand, and leaves none behind", () => {
    kept(IN_MEMORY);
    expect(readdirSync(folder)).toEqual([]);
    const [last] = kept(IN_MEMORY + 5000).slice(-1);
    expect(last?.files).toEqual(item(IN_MEMORY + 4999).files);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("refuses a change, which its file would not show", () => {
    const last = kept(IN_MEMORY + 1).at(-1) as Item;
    expect(() => {
      last.name = "other";
    }).toThrow(TypeError);
    expect(() => {
      last.code = "other";
    }).toThrow(TypeError);
  });

  test("holds less than a kilobyte of each, whatever they weigh", () => {
    const heavy = "x".repeat(100);
    const count = 10_000;
    const shelf = makeShelf(folder);
    shelves.push(shelf);
    const keep = shelf.keeper<Item>(["name"]);
    const before = heapAfterCollection();
    const items = Array.from({ length: count }, (_, number) =>
      keep({
        ...item(number),
        files: Array.from({ length: 20 }, (__, nth) => ({
          path: `${heavy}/${number}/${nth}`,
          size: nth,
        })),
      }),
    );
    const grown = heapAfterCollection() - before;

    expect(items).toHaveLength(count);
    // The first thousand are in memory: some four kilobytes each.
    expect(grown / count).toBeLessThan(1000);
    expect(items.at(-1)?.files.at(-1)?.size).toBe(19);
  });

  test("takes what is larger than the part that it writes at a time", () => {
    const shelf = makeShelf(folder);
    shelves.push(shelf);
    const keep = shelf.keeper<{ text: string }>([]);
    for (let number = 0; number < IN_MEMORY; number++) keep({ text: "" });
    const large = "x".repeat(1 << 20);
    const [small, big, after] = ["a", large, "b"].map((text) => keep({ text }));
    expect([big?.text, small?.text, after?.text]).toEqual([large, "a", "b"]);
  });
});
