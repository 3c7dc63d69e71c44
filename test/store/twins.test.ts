import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refuseTwins, tellApart, twinsAmong } from "../../src/store/twins.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "model-to-edge-twins-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("paths that many machines take for one", () => {
  test("differ in capitals or in the form of a letter, wherever in the path", () => {
    const paths = ["a", "Det/x", "det/x", "det/y", "caf\u00e9", "cafe\u0301"];
    expect(twinsAmong([...paths, "\u00c9A", "e\u0301a", "a"])).toEqual([
      ["Det/x", "det/x"],
      ["caf\u00e9", "cafe\u0301"],
      ["\u00c9A", "e\u0301a"],
    ]);
  });

  test("are refused where this machine does, and are named", async () => {
    const asked: string[][] = [];
    const refused = refuseTwins(
      folder,
      ["b", "A/x", "a/x"],
      async (_, ...two) => {
        asked.push(two);
        return true;
      },
    );
    await expect(refused).rejects.toMatchObject({
      ...{ exitCode: 2, code: "unsafe-path" },
      message: expect.stringMatching(/^A\/x and a\/x are one file/),
    });
    expect(asked).toEqual([["A/x", "a/x"]]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("are asked in pairs: of three the last two may be one where capitals alone do not count", async () => {
    const [composed, one, other] = ["\u00c9", "e\u0301", "E\u0301"];
    const refused = refuseTwins(
      folder,
      [composed, one, other],
      async (_, ...two) => two[0]?.toLowerCase() === two[1]?.toLowerCase(),
    );

    await expect(refused).rejects.toThrow(`${one} and ${other} are one file`);
  });

  test("that look alike are told with their code points", () => {
    expect(
      tellApart(["caf\u00e9/\u00fc", "cafe\u0301/u\u0308", "Caf\u00e9/\u00fc"]),
    ).toEqual([
      "caf\u00e9/\u00fc (U+00E9, U+00FC)",
      "cafe\u0301/u\u0308 (U+0065 U+0301, U+0075 U+0308)",
      "Caf\u00e9/\u00fc",
    ]);
    // Parts of a Korean syllable are no marks.
    expect(tellApart(["\uac00", "\u1100\u1161"])).toEqual([
      "\uac00 (U+AC00)",
      "\u1100\u1161 (U+1100 U+1161)",
    ]);
  });

  test("are looked for on the disk itself, which is left as it was", async () => {
    const isOne = await refuseTwins(folder, ["A/x", "a/x", "b"]).then(
      () => false,
      () => true,
    );
    expect(isOne).toBe(["darwin", "win32"].includes(process.platform));
    expect(readdirSync(folder)).toEqual([]);
  });
});
