import { expect, test } from "vitest";
import {
  isChecksumOf,
  likelyPartSizes,
  otherPartSizes,
} from "../../../src/store/transfer/checksum.ts";
import { type ObjectFacts, prove } from "../../../src/store/transfer/prove.ts";

const MIB = 1 << 20;

interface Reading {
  /** Names the bytes. */
  bytes: string;
  fits?: boolean;
  /** In parts of an unusual size, so many; null: the store does not say how many. */
  fitsInOther?: number | null;
}

/** Proves an object whose readings give these bytes, one after the other; says how often it was read. */
async function outcome(
  size: number,
  readings: Reading[],
  facts: Partial<ObjectFacts> = {},
) {
  let reads = 0;
  const result = await prove({
    name: "model/a/w",
    size,
    facts: async () => ({
      ...{ foreign: false, parts: null, metadata: {} },
      ...facts,
    }),
    read: async () => {
      const reading = readings[reads++] ?? { bytes: "" };
      const { bytes, fits = false, fitsInOther } = reading;
      return {
        sha256: bytes.padEnd(64, "0"),
        md5: bytes.padEnd(32, "0"),
        fits: async () => fits,
        fitsInOtherParts: async (count) => fitsInOther === count,
      };
    },
  }).then(
    ({ arrived, proved }) => `${arrived.sha256[0]} ${proved}`,
    ({ code }: { code: string }) => code,
  );
  return `${result}, ${reads} reads`;
}

const good = { bytes: "a", fits: true };
const other = { bytes: "b" };
const sha256 = (bytes: string) => ({ sha256: bytes.padEnd(64, "0") });

test.each([
  ["has its checksum", 10, [good], {}, "a true, 1 reads"],
  ["was changed on the way once", 10, [other, good], {}, "a true, 2 reads"],
  ["is always another", 10, [other, other], {}, "corrupt-object, 2 reads"],
  [
    "is large, of unknown parts, and reads the same twice",
    500 * MIB,
    [other, other],
    {},
    "b false, 2 reads",
  ],
  [
    "is large, reads the same twice, and was cut in an unusual way",
    500 * MIB,
    [other, { bytes: "b", fitsInOther: null }],
    {},
    "b true, 2 reads",
  ],
  [
    "is large, reads the same twice, and was cut into as many parts as the store says",
    500 * MIB,
    [other, { bytes: "b", fitsInOther: 3 }],
    { parts: 3 },
    "b true, 2 reads",
  ],
  [
    "is large, was uploaded whole, and reads the same twice",
    500 * MIB,
    [other, other],
    { parts: 1 },
    "corrupt-object, 2 reads",
  ],
  [
    "is large and reads differently",
    500 * MIB,
    [other, { bytes: "c" }],
    {},
    "corrupt-object, 2 reads",
  ],
  [
    "was imported and is small",
    10,
    [other, other],
    { foreign: true },
    "b false, 2 reads",
  ],
  [
    "was imported, and was changed on the way once",
    10,
    [other, good],
    { foreign: true },
    "a true, 2 reads",
  ],
  [
    "was imported and reads differently",
    10,
    [other, { bytes: "c" }],
    { foreign: true },
    "corrupt-object, 2 reads",
  ],
  [
    "was imported and is large",
    65 * MIB,
    [other],
    { foreign: true },
    "b false, 1 reads",
  ],
  [
    "was imported and is large, with a hash in its metadata",
    65 * MIB,
    [other],
    { foreign: true, metadata: sha256("b") },
    "b true, 1 reads",
  ],
  [
    "has a hash in its metadata that is another's, twice",
    65 * MIB,
    [other, other],
    { foreign: true, metadata: sha256("a") },
    "corrupt-object, 2 reads",
  ],
  [
    "has rclone's hash",
    500 * MIB,
    [other],
    {
      metadata: {
        "X-Amz-Meta-Md5chksum": Buffer.from(
          "b".padEnd(32, "0"),
          "hex",
        ).toString("base64"),
      },
    },
    "b true, 1 reads",
  ],
])("an object that %s", async (...row) => {
  const [, size, readings, facts, expected] = row;
  expect(await outcome(size, readings, facts)).toBe(expected);
});

test("knows the parts of common tools, and no parts that the object could not have", () => {
  const sizes = likelyPartSizes(60 * MIB).map((size) => size / MIB);
  expect(sizes).toEqual(expect.arrayContaining([5, 8, 16, 50]));
  expect(sizes).not.toContain(64);
  expect(likelyPartSizes(3 * MIB)).toEqual([]);
});

test("finds all parts of whole MiB that an object can have, for some seconds of hashing", () => {
  const inMib = (size: number, count: number | null) =>
    otherPartSizes(size * MIB, count).map((part) => part / MIB);
  // The usual ones are tried before.
  expect(inMib(12, null)).toEqual([6, 7, 9, 11]);
  expect(inMib(12, 2)).toEqual([6, 7, 9, 11]);
  expect(inMib(70, 5)).toEqual([14, 17]);
  expect(inMib(4, null)).toEqual([]);
  expect(inMib(1024, null)).toHaveLength(8);
  expect(inMib(20_000, null)).toEqual([]);
});

test.each([
  ["a single upload's", "0cc175b9c0f1b6a831c399e269772661", true],
  ["that of one part", "b6ff9a06b7e20bcb2858c5b8ff744aea-1", true],
  ["another's", "b6ff9a06b7e20bcb2858c5b8ff744aeb", false],
])("tells %s checksum", (_whose, checksum, expected) => {
  const parts = ["0cc175b9c0f1b6a831c399e269772661"];
  expect(isChecksumOf(`"${checksum}"`, parts)).toBe(expected);
});
