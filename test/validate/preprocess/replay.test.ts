import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { References } from "../../../src/validate/evidence/references.ts";
import { replayCase } from "../../../src/validate/preprocess/golden.ts";
import { parseSteps } from "../../../src/validate/preprocess/steps.ts";
import {
  openPairs,
  pairSteps,
  type SaidStep,
} from "../../support/golden-pairs.ts";

let pairs: References;
let said = new Map<string, SaidStep[]>();
beforeAll(async () => {
  [pairs, said] = await Promise.all([openPairs(), pairSteps()]);
});
afterAll(() => pairs.close());

async function replay(
  name: string,
  change: (steps: SaidStep[]) => SaidStep[] = (steps) => steps,
) {
  const one = pairs.cases.find((each) => each.name === name);
  if (!one) throw new Error(`no pair ${name}`);
  const steps = parseSteps(change(said.get(name) ?? []));
  if ("beyond" in steps) throw new Error(steps.beyond);
  return replayCase(pairs, one, steps, { name: "input", layout: "NCHW" });
}

/** Changes the step that has this key. */
const step =
  (key: string, change: (said: SaidStep) => SaidStep) => (steps: SaidStep[]) =>
    steps.map((said) => (key in said ? change(said) : said));
const normalize = (change: (said: Record<string, unknown>) => object) =>
  step("normalize", (said) => ({
    normalize: {
      ...(said.normalize as object),
      ...change(said.normalize as SaidStep),
    },
  }));

describe("the pre-processing of OpenMMLab's own pipelines is replayed to the last bit", () => {
  test.each([
    "stretch",
    "short-edge",
    "pillow-bicubic",
    "letterbox",
    "square",
    "divisor",
    "padded-segmentation",
    "segmentation",
  ])("%s", async (name) => {
    expect(await replay(name)).toEqual({ case: name, p99: 0, problem: null });
  });
});

describe("a normalisation that moves no pixel by a grey level is red all the same", () => {
  test.each<[string, string, object, RegExp]>([
    [
      "Caffe's mean",
      "letterbox",
      { mean: [103.939, 116.779, 123.68] },
      /all pixels of one value are off by up to 0\.\d+ grey levels.*its mean is \[103\.5, 116\.3, 123\.7\], not \[103\.9, 116\.8, 123\.7\]/,
    ],
    [
      "the mean of one channel",
      "short-edge",
      { mean: [123.675, 116.28, 104] },
      /its mean is \[123\.7, 116\.3, 103\.5\], not/,
    ],
    [
      "a division by 256",
      "square",
      { std: [256 / 255, 256 / 255, 256 / 255] },
      /its std is 1, not 1\.004/,
    ],
    [
      "another std",
      "segmentation",
      { std: [58.6, 57.12, 57.375] },
      /its std is \[58\.\d+, 57\.12, 57\.3\d\], not \[58\.6,/,
    ],
    [
      "a mean half a level lower",
      "pillow-bicubic",
      { mean: [123.175, 115.78, 103.03] },
      /its mean is/,
    ],
    [
      "the mean beside much padding",
      "divisor",
      { mean: [123.675, 116.78, 103.53] },
      /its mean is \[123\.7, 116\.3, 103\.5\]/,
    ],
  ])("%s of %s", async (_, name, changed, says) => {
    const found = await replay(
      name,
      normalize(() => changed),
    );

    expect(found.p99).toBeLessThan(1);
    expect(found.problem).toMatch(says);
  });
});

describe("a wrong step is red, and named by what the source did", () => {
  test.each<[string, string, (steps: SaidStep[]) => SaidStep[], string]>([
    [
      "channels swapped",
      "stretch",
      normalize(() => ({ order: "bgr" })),
      "its channels are RGB, not BGR",
    ],
    [
      "the mean left out",
      "letterbox",
      normalize(() => ({ mean: [0, 0, 0] })),
      "its mean is [103.5, 116.3, 123.7], not 0",
    ],
    [
      "a mean of two grey levels more",
      "segmentation",
      normalize(({ mean }) => ({
        mean: (mean as number[]).map((value) => value + 2),
      })),
      "its mean is [123.7, 116.3, 103.5], not [125.7, 118.3, 105.5]",
    ],
    [
      "mean and std of pixels from 0 to 1",
      "stretch",
      normalize(({ mean, std }) => ({
        mean: (mean as number[]).map((value) => value / 255),
        std: (std as number[]).map((value) => value / 255),
      })),
      "not [0.485, 0.456, 0.406], and its std is [58.4, 57.12, 57.37], not [0.229, 0.224, 0.225]",
    ],
    [
      "a std of 1",
      "letterbox",
      normalize(() => ({ std: [1, 1, 1] })),
      "its std is [57.37, 57.12, 58.4], not 1",
    ],
    [
      "another interpolation",
      "pillow-bicubic",
      step("resize", (said) => ({ ...said, interp: "cv2.linear" })),
      "it was resized with pillow.cubic, not cv2.linear",
    ],
    [
      "stretched, not with its aspect ratio kept",
      "letterbox",
      step("resize", (said) => ({ ...said, resize: "stretch" })),
      "it was resized to fit 40×40 with its aspect ratio kept",
    ],
    [
      "its aspect ratio kept, not stretched",
      "segmentation",
      step("resize", (said) => ({ ...said, resize: "keep_ratio" })),
      "it makes 32×22, the source 32×32: judging by the source's input, it was stretched to 32×32",
    ],
    [
      "padded with another value",
      "letterbox",
      step("pad", (said) => ({ ...said, value: 0 })),
      "it was padded with 114, not 0",
    ],
    [
      "not padded",
      "square",
      (steps) => steps.filter((said) => !("pad" in said)),
      "it was padded, but no step describes it",
    ],
    [
      "channels swapped and the mean left out",
      "stretch",
      normalize(() => ({ order: "bgr", mean: [0, 0, 0] })),
      "its channels are RGB, not BGR, and its mean is [123.7, 116.3, 103.5], not 0",
    ],
    [
      "a smaller crop",
      "short-edge",
      step("center_crop", () => ({ center_crop: 30 })),
      "it makes 30×30, the source 31×31",
    ],
  ])("%s (%s)", async (_, name, change, message) => {
    expect((await replay(name, change)).problem).toContain(message);
  });
});

describe("what differs by less than a grey level is no fault", () => {
  test.each<[string, (steps: SaidStep[]) => SaidStep[]]>([
    [
      "a mean that is rounded",
      normalize(({ mean }) => ({
        mean: (mean as number[]).map((value) => Math.round(value * 10) / 10),
      })),
    ],
    [
      "mean and std said for pixels from 0 to 1",
      normalize(({ mean, std }) => ({
        range: "0..1",
        mean: (mean as number[]).map((value) => value / 255),
        std: (std as number[]).map((value) => value / 255),
      })),
    ],
    ["the other order of decoding", step("decode", () => ({ decode: "rgb8" }))],
  ])("%s", async (_, change) => {
    expect((await replay("stretch", change)).problem).toBeNull();
  });
});
