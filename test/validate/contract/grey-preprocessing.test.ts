import { describe, expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import { safetensors } from "../../support/references-writer.ts";

const SHAPE = ["b", 1, "h", "w"];
const PORT = { dtype: "f32", shape: SHAPE };
const SAID = {
  input: { name: "input", ...PORT, layout: "NCHW" },
  outputs: [{ name: "output", ...PORT }],
};
const GREY = Uint8Array.from({ length: 64 }, (_, at) => (at * 37) % 256);
const DECODE = { decode: "gray8" };
const NORMALIZE = { normalize: { mean: [116], std: [57] } };

/** Of a model for grey pictures, whose source made its input of one by mean 116 and std 57. */
function findingOf(preprocess: object[], channels = 1) {
  const input = Array.from({ length: 64 * channels }, (_, at) =>
    Math.fround(((GREY[at % 64] as number) - 116) / 57),
  );
  const references = safetensors(
    {
      "sample-0/in/input": {
        dtype: "F32",
        shape: [1, channels, 8, 8],
        values: input,
      },
      "sample-0/aux/picture": { dtype: "U8", shape: [8, 8, 1], values: GREY },
    },
    { "sample-0/kind": "real" },
  );
  const model = {
    nodes: [{ op: "Identity", inputs: ["input"], outputs: ["output"] }],
    inputs: [{ name: "input", dims: SHAPE }],
    outputs: [{ name: "output", dims: SHAPE }],
  };
  return contractFinding(model, { ...SAID, preprocess }, references);
}

describe("the pre-processing of grey pictures", () => {
  test("is replayed on the one channel", async () => {
    expect(await findingOf([DECODE, NORMALIZE])).toMatchObject({
      status: "pass",
      details: { preprocess: [{ case: "sample-0", p99: 0, problem: null }] },
    });
  });

  test.each<[string, object[], string]>([
    [
      "another mean",
      [DECODE, { normalize: { mean: [100], std: [57] } }],
      "the pixels differ by 16 grey levels of 255",
    ],
    [
      "colour",
      [{ decode: "bgr8" }, { normalize: { mean: 116, std: 57 } }],
      "its picture is not [height, width, 3] of bytes",
    ],
  ])("with %s is wrong", async (_, preprocess, message) => {
    const found = await findingOf(preprocess);
    expect(found).toMatchObject({ status: "fail", kind: "wrong" });
    expect(found.message).toContain(message);
  });

  test("whose input has three channels is wrong", async () => {
    const found = await findingOf([DECODE, NORMALIZE], 3);
    expect(found.status).toBe("fail");
    expect(found.message).toContain("is not a picture of 1 channel");
  });
});
