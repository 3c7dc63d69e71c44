import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  INDEX,
  type PublicationIndex,
  readIndex,
} from "../../../src/store/file/index-reader.ts";

const names = Array.from({ length: 3000 }, (_, number) =>
  [`edge/m${number}/é.onnx`, `edge/m${number}/a},"b\\.json`].at(number % 2),
).filter((name) => name !== undefined);

const known = (name: string) => ({ sha256: `h-${name}`, stat: `s-${name}` });
const whole: PublicationIndex = Object.fromEntries(
  [...names, "evidence/x"].map((name) => [name, known(name)]),
);

function folderWith(text: string | null): string {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-index-"));
  if (text !== null) writeFileSync(join(folder, INDEX), text);
  return folder;
}

async function taken(text: string | null, paths: readonly string[]) {
  const index = readIndex(folderWith(text), (path) => path.startsWith("edge/"));
  const found = [];
  for (const path of paths) found.push((await index.take(path))?.sha256);
  await index.close();
  return found;
}

const hashes = (paths: readonly string[]) => paths.map((each) => `h-${each}`);

describe("the index of a publication", () => {
  test.each([
    ["its own order", names],
    ["another order", names.toReversed()],
  ])("answers in %s", async (_, paths) => {
    expect(await taken(JSON.stringify(whole), paths)).toEqual(hashes(paths));
  });

  test("is read whatever its layout", async () => {
    expect(await taken(JSON.stringify(whole, null, 2), names)).toEqual(
      hashes(names),
    );
  });

  test("does not know what it does not list, what lies elsewhere, and what was told", async () => {
    const [first = ""] = names;
    const asked = [first, "edge/new", first, "evidence/x", names.at(-1) ?? ""];
    expect(await taken(JSON.stringify(whole), asked)).toEqual([
      ...[`h-${first}`, undefined, undefined, undefined],
      `h-${names.at(-1)}`,
    ]);
  });

  test.each([
    ["missing", null],
    ["empty", ""],
    ["no JSON", "x".repeat(100_000)],
    ["a list", '[{"a":1},"b"]'],
    ["null", "null"],
  ])("knows nothing where it is %s", async (_, text) => {
    expect(await taken(text, names.slice(0, 2))).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("that breaks off still knows what came before", async () => {
    const text = JSON.stringify(whole);
    const found = await taken(text.slice(0, text.length / 2), names);
    expect(found.slice(0, 1000)).toEqual(hashes(names.slice(0, 1000)));
    expect(found.at(-1)).toBeUndefined();
  });
});
