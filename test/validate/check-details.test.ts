import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkAgainst } from "../../src/document/schema.ts";
import { emptyReport } from "../../src/validate/output-report.ts";
import type { Verdict } from "../../src/validate/verdict.ts";
import { levelFolder } from "../support/detector-levels.ts";
import { validate } from "../support/validate.ts";
import { sampleVerdict } from "../support/verdict-samples.ts";

/** A verdict as a document from elsewhere may have it. */
const foreign = (check: string, details: object): unknown => ({
  ...sampleVerdict(),
  checks: [
    {
      check,
      status: "pass",
      message: { code: "text", parts: [{ text: "m" }] },
      details,
    },
  ],
});

/** As the file has it: without what tests add. */
const documentOf = (verdict: Verdict & { sentence?: string }): unknown => {
  const { sentence: _, ...document } = verdict;
  return JSON.parse(JSON.stringify(document));
};

describe("the schema of a verdict holds the details to their types", () => {
  test.each<[string, object]>([
    ["parity", { outputs: "x" }],
    ["parity", { boxes: 1 }],
    ["parity", { outputs: [null] }],
    ["parity", { outputs: [{ name: "y" }] }],
    ["parity", { boxes: [{ case: 1 }] }],
    ["parity", { boxes: [{ case: "a", source: [["a"]], edge: [] }] }],
    ["behaviour", { intermediate: [{}] }],
    ["behaviour", { agreement: [{ with: "somebody" }] }],
    ["profile", { profiles: [{ id: "jetson" }] }],
    ["shapes", { largest: { n: "many" } }],
  ])("a report never reads the %s of %j", async (check, details) => {
    expect(await checkAgainst("verdict", foreign(check, details))).not.toEqual(
      [],
    );
  });

  test.each([
    ["parity", { outputs: [], boxes: [] }],
    ["parity", {}],
    ["a check of another version", { outputs: "x" }],
  ])("it takes the %s of %j", async (check, details) => {
    expect(await checkAgainst("verdict", foreign(check, details))).toEqual([]);
  });

  test("every check's own details fit", async () => {
    const verdict = await validate(await levelFolder({}));

    expect(verdict.checks.map(({ check }) => check)).toContain("behaviour");
    expect(await checkAgainst("verdict", documentOf(verdict))).toEqual([]);
  });
});

test("the schema asks for every number that a report of an output has", () => {
  const schema = JSON.parse(
    readFileSync("schemas/verdict.schema.json", "utf8"),
  );
  const { required, properties } = schema.$defs.output;

  expect(required.toSorted()).toEqual(
    Object.keys(emptyReport("y", "float32", [1])).toSorted(),
  );
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(required));
});
