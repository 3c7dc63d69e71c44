import { describe, expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import { safetensors } from "../../support/references-writer.ts";

const SHAPE = ["b", 3];
const MODEL: ModelInput = {
  nodes: [{ op: "Identity", inputs: ["input"], outputs: ["output"] }],
  inputs: [{ name: "input", dims: SHAPE }],
  outputs: [{ name: "output", dims: SHAPE }],
};

/** What the check finds where the source gives these rows of three scores. */
function findingOf(meaning: object, rows: number[][]) {
  const tensor = (values: number[]) => ({
    dtype: "F32" as const,
    shape: [values.length / 3, 3],
    values,
  });

  return contractFinding(
    MODEL,
    {
      inputs: [{ name: "input", dtype: "f32", shape: SHAPE }],
      outputs: [{ name: "output", dtype: "f32", shape: SHAPE, ...meaning }],
    },
    safetensors({
      "one/in/input": tensor(rows.flat()),
      "one/fp32/output": tensor(rows.flat()),
    }),
  );
}

const SHARES = Array.from({ length: 4 }, (_, row) => [
  0.5 - row / 10,
  0.25,
  0.25 + row / 10,
]);
const APART = SHARES.map((row) => row.map((value) => value / 2));
const SCORES = SHARES.map((row) => row.map((value) => value * 9 - 2));
const LOGS = SHARES.map((row) => row.map(Math.log));
const LABELS = SHARES.map((_, row) => [row % 2, 0, 1]);

describe("the activation that contract.json says", () => {
  test.each<[string, number[][]]>([
    ["softmax_inside", SHARES],
    ["softmax_inside", APART],
    ["sigmoid_inside", APART],
    ["log_softmax_inside", LOGS],
    ["argmax_inside", LABELS],
    ["threshold_inside", LABELS],
    ["none", SCORES],
    ["none", APART],
    // Three rows may add up to 1 by accident.
    ["none", SHARES.slice(1)],
  ])(
    "%s passes where the source's values can be that: %j",
    async (activation, rows) => {
      expect(await findingOf({ activation }, rows)).toMatchObject({
        status: "pass",
      });
    },
  );

  test.each<[string, number[][], string]>([
    ["softmax_inside", SCORES, "are not all from 0 to 1"],
    ["sigmoid_inside", SCORES, "are not all from 0 to 1"],
    ["sigmoid_inside", SHARES, "add up to 1, as after a softmax"],
    ["log_softmax_inside", SHARES, "are not all below 0"],
    ["argmax_inside", APART, "are not whole numbers"],
    ["threshold_inside", APART, "are not whole numbers"],
    ["none", SHARES, "add up to 1, as after a softmax"],
  ])("%s is wrong where they cannot: %j", async (activation, rows, words) => {
    const found = await findingOf({ activation }, rows);

    expect(found).toMatchObject({ status: "fail", kind: "wrong" });
    expect(found.message).toContain(
      `"output" ends in ${activation}, but the source's values ${words}`,
    );
  });
});

describe("a word that no check understands is a warning that names it", () => {
  test.each([
    [{ activation: "softmax" }, 'activation "softmax"'],
    [{ format: "y1x1y2x2s" }, 'format "y1x1y2x2s"'],
    [{ space: "original_px" }, 'space "original_px"'],
  ])("%j", async (meaning, words) => {
    const found = await findingOf(meaning, SCORES);

    expect(found.status).toBe("warn");
    expect(found.message).toContain(words);
    expect(found.message).toContain("which is not checked");
  });
});
