import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "../../../src/errors.ts";
import { openReferences } from "../../../src/validate/evidence/open-references.ts";
import { openTensors } from "../../../src/validate/evidence/safetensors.ts";
import { numbersOf } from "../../../src/validate/evidence/tensor.ts";
import { safetensors } from "../../support/references-writer.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "safetensors-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(bytes: Uint8Array): Promise<string> {
  const path = join(folder, "references.safetensors");
  await writeFile(path, bytes);
  return path;
}

const GOOD = safetensors(
  {
    "one/in/x": { dtype: "F32", shape: [2], values: [1, 2] },
    "one/fp32/a/b": { dtype: "F32", shape: [2], values: [3, 4] },
    "real/in/x": { dtype: "F32", shape: [1], values: [5] },
    "one/aux/y.margin": { dtype: "F64", shape: [1], values: [0.5] },
  },
  { "one/kind": "extreme", "real/kind": "real" },
);

/** A file with this header and some data. */
function withHeader(header: unknown, data = 64): Buffer {
  const text = Buffer.from(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(data)]);
}

describe("openTensors", () => {
  test.each([
    ["F64", [1.5, -2]],
    ["F32", [1.5, -2]],
    ["I64", [3, -4]],
    ["I32", [3, -4]],
    ["U8", [3, 200]],
    ["BOOL", [0, 1]],
  ] as const)(
    "reads %s values, also where they are not aligned",
    async (dtype, values) => {
      const odd = { dtype: "U8" as const, shape: [1], values: [7] };
      const file = await openTensors(
        await written(safetensors({ odd, x: { dtype, shape: [2], values } })),
      );
      const entry = file.entries.find(({ name }) => name === "x");
      if (!entry) throw new Error("x is missing");
      expect(Array.from(numbersOf(await file.read(entry)))).toEqual([
        ...values,
      ]);
      await file.close();
    },
  );

  test("widens half floats and bfloat16", async () => {
    const bits = [0x3c00, 0xc000, 0x0001, 0x7c00, 0x7e00];
    const half = await openTensors(
      await written(
        safetensors({ x: { dtype: "F16", shape: [5], values: bits } }),
      ),
    );
    const [entry] = half.entries;
    if (!entry) throw new Error("x is missing");
    expect(Array.from(numbersOf(await half.read(entry)))).toEqual([
      1,
      -2,
      2 ** -24,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
    const brain = await openTensors(
      await written(
        safetensors({ x: { dtype: "BF16", shape: [1], values: [0xbf80] } }),
      ),
    );
    expect(
      Array.from(
        numbersOf(
          await brain.read({
            ...entry,
            dtype: "bfloat16",
            dims: [1],
            length: 2,
            offset: brain.entries[0]?.offset ?? 0,
          }),
        ),
      ),
    ).toEqual([-1]);
    await Promise.all([half.close(), brain.close()]);
  });

  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  test.each([
    ["a file that is too short", Buffer.alloc(7), "shorter than a header"],
    [
      "a header that is longer than the file",
      Buffer.alloc(16, 0xff),
      "its header would have",
    ],
    ["a header that is not JSON", withHeader("{x"), "not JSON"],
    ["a header that is a list", withHeader([]), "not an object"],
    [
      "an unknown dtype",
      withHeader({ x: { ...entry, dtype: "F4" } }),
      'x has the dtype "F4"',
    ],
    [
      "a dtype named like a property of all objects",
      withHeader({ x: { ...entry, dtype: "constructor" } }),
      "cannot be read",
    ],
    [
      "a negative size",
      withHeader({ x: { ...entry, shape: [-2] } }),
      "the shape of x is wrong",
    ],
    [
      "a size that is not a number",
      withHeader({ x: { ...entry, shape: ["2"] } }),
      "the shape of x is wrong",
    ],
    [
      "offsets beyond the file",
      withHeader({ x: { ...entry, data_offsets: [64, 72] } }),
      "outside the file",
    ],
    [
      "offsets in the wrong order",
      withHeader({ x: { ...entry, data_offsets: [8, 0] } }),
      "outside the file",
    ],
    [
      "a length that does not fit the shape",
      withHeader({ x: { ...entry, shape: [3] } }),
      "does not fit its shape",
    ],
    [
      "sizes whose product is too large to count",
      withHeader({ x: { ...entry, shape: [2 ** 40, 2 ** 40] } }),
      "does not fit",
    ],
    ["an entry that is null", withHeader({ x: null }), "x has the dtype"],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(openTensors(await written(bytes))).rejects.toThrow(message);
  });

  test("opens any bytes, or says no with an error of ours", async () => {
    const flips = fc.array(
      fc.tuple(fc.nat(GOOD.length - 1), fc.integer({ min: 1, max: 255 })),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(flips, async (places) => {
        const bad = Buffer.from(GOOD);
        for (const [at, by] of places) bad[at] = (bad[at] ?? 0) ^ by;
        await openReferences(await written(bad)).then(
          (references) => references.close(),
          (error) => expect(error).toBeInstanceOf(AppError),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe("openReferences", () => {
  test("groups by case, splits names at the first two slashes, and takes real cases first", async () => {
    const references = await openReferences(await written(GOOD));
    const [real, one] = references.cases;
    expect([real?.name, real?.kind, one?.name, one?.kind]).toEqual([
      "real",
      "real",
      "one",
      "extreme",
    ]);
    expect([...(one?.fp32.keys() ?? [])]).toEqual(["a/b"]);
    expect([...(one?.aux.keys() ?? [])]).toEqual(["y.margin"]);
    await references.close();
  });

  test.each(["one/kind", "kind.one", "kind:one"])(
    "reads the kind from %s",
    async (key) => {
      const bytes = safetensors(
        { "one/in/x": { dtype: "F32", shape: [1], values: [1] } },
        { [key]: "shape" },
      );
      const references = await openReferences(await written(bytes));
      expect(references.cases[0]?.kind).toBe("shape");
      await references.close();
    },
  );

  test.each([
    [
      "a name without a case",
      { x: { dtype: "F32", shape: [1], values: [1] } },
      {},
      "unknown name: x",
    ],
    [
      "an unknown part",
      { "a/out/x": { dtype: "F32", shape: [1], values: [1] } },
      {},
      "unknown name: a/out/x",
    ],
    [
      "an unknown kind",
      { "a/in/x": { dtype: "F32", shape: [1], values: [1] } },
      { "a/kind": "odd" },
      "unknown kind: odd",
    ],
  ] as const)("refuses %s", async (_, tensors, metadata, message) => {
    const bytes = safetensors(
      tensors as unknown as Parameters<typeof safetensors>[0],
      metadata,
    );
    await expect(openReferences(await written(bytes))).rejects.toThrow(message);
  });
});
