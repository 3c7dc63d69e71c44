import { describe, expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import { pairFile, pairSteps } from "../../support/golden-pairs.ts";
import { suppressingFolder } from "../../support/suppressing-detector.ts";
import { checkOf, validate } from "../../support/validate.ts";
import { WRONG_CONTRACTS, WRONG_STEPS } from "./contract-changes.ts";

const SHAPE = ["b", 3, "h", "w"];
const port = (name: string) => ({
  name,
  dtype: "f32",
  shape: SHAPE,
  layout: "NCHW",
});

describe("a contract that says another pre-processing than the source's is red", () => {
  test.each(WRONG_STEPS)("$title", async ({ change }) => {
    const preprocess = change((await pairSteps()).get("letterbox") ?? []);
    const model = {
      nodes: [{ op: "Identity", inputs: ["input"], outputs: ["output"] }],
      inputs: [{ name: "input", dims: SHAPE }],
      outputs: [{ name: "output", dims: SHAPE }],
    };
    const said = {
      input: port("input"),
      outputs: [port("output")],
      preprocess,
    };
    expect(
      await contractFinding(model, said, await pairFile("letterbox")),
    ).toMatchObject({ kind: "wrong" });
  });
});

describe("a contract that says another model is red", () => {
  test.concurrent.each(WRONG_CONTRACTS)("$title", async ({ said, found }) => {
    const verdict = await validate(await suppressingFolder(undefined, said));
    expect(checkOf(verdict, found)).toMatchObject({
      status: "fail",
      kind: "wrong",
    });
    expect(checkOf(verdict, "parity").status).toBe("pass");
  });
});
