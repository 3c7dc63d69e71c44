import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openTensors } from "../../../src/validate/evidence/safetensors.ts";
import {
  decodeTexts,
  encodeTexts,
} from "../../../src/validate/evidence/texts.ts";
import { folderOf } from "../../support/model-folder.ts";
import { onnxModel } from "../../support/onnx-writer.ts";
import { packTensors } from "../../support/references-writer.ts";
import { checkOf, validate } from "../../support/validate.ts";

const STRING = 8;

/** As the engines write them: UTF-8, filled up with zeros to the longest. */
function texts(rows: string[]) {
  const cells = rows.map((row) => Buffer.from(row));
  const longest = Math.max(1, ...cells.map(({ length }) => length));
  const bytes = Buffer.concat(
    cells.map((cell) =>
      Buffer.concat([cell, Buffer.alloc(longest - cell.length)]),
    ),
  );
  return { dtype: "U8", shape: [rows.length, 1, longest], bytes };
}

const CASES: Record<string, string[]> = {
  one: ["Łódź", "", "Oslo"],
  two: ["Oslo"],
  three: ["Paris", "Paris", "Łódź", "Oslo"],
};

/** A graph that gives its texts back, and references that say what the source gives. */
function echo(answers: Record<string, string[]>) {
  const all = Object.entries(CASES).flatMap(([name, rows]) => [
    [`${name}/in/x`, texts(rows)] as const,
    [`${name}/fp32/y`, texts(answers[name] ?? rows)] as const,
    [`${name}/fp64/y`, texts(answers[name] ?? rows)] as const,
  ]);
  const marks = all.map(([name]) => [`text/${name}`, "utf8"]);

  return folderOf({
    "echo.onnx": onnxModel({
      inputs: [{ name: "x", dims: ["batch", 1], type: STRING }],
      outputs: [{ name: "y", dims: ["batch", 1], type: STRING }],
      nodes: [{ op: "Identity", inputs: ["x"], outputs: ["y"] }],
    }),
    "references.safetensors": packTensors(
      Object.fromEntries(all),
      Object.fromEntries(marks),
    ),
  });
}

describe("texts", () => {
  test("come back from their codes", () => {
    const rows = ["", "Łódź", "a b", "Łódź"];
    const codes = encodeTexts(rows);

    expect(decodeTexts(codes)).toEqual(rows);
    expect(codes[1]).toBe(codes[3]);
    expect(codes[1]).not.toBe(codes[2]);
  });

  test("that the graph gives back as the source does are equal", async () => {
    const verdict = await validate(await echo({}));

    expect(checkOf(verdict, "parity")).toMatchObject({ status: "pass" });
  });

  test("of which one is another are wrong", async () => {
    const verdict = await validate(
      await echo({ three: ["Paris", "Paris", "Łódź", "Rome"] }),
    );

    expect(checkOf(verdict, "parity")).toMatchObject({
      status: "fail",
      kind: "wrong",
    });
  });

  test.each([
    ["are not bytes", { dtype: "F32", shape: [1, 1], bytes: Buffer.alloc(4) }],
    ["have no length", { dtype: "U8", shape: [1, 0], bytes: Buffer.alloc(0) }],
  ])("that %s are refused", async (words, tensor) => {
    const folder = await folderOf({
      "r.safetensors": packTensors(
        { "a/in/x": tensor },
        { "text/a/in/x": "utf8" },
      ),
    });

    await expect(openTensors(join(folder, "r.safetensors"))).rejects.toThrow(
      words,
    );
  });
});
