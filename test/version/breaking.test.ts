import { describe, expect, test } from "vitest";
import type { Json } from "../../src/version/json.ts";
import {
  BASE,
  changes,
  DETS,
  dets,
  INPUT,
  input,
  LABELS,
  NORMALIZE,
  outputs,
} from "./detector-contract.ts";

describe("breaking", () => {
  test.each<[string, Json, string]>([
    ["input renamed", input({ name: "input" }), "input image is now input"],
    [
      "input's type",
      input({ dtype: "f16" }),
      'dtype of image was "f32", is "f16"',
    ],
    [
      "input's rank",
      input({ shape: [3, "height", "width"], layout: "CHW" }),
      "image had 4 axes: [batch,3,height,width], has 3 axes: [3,height,width]",
    ],
    [
      "layout",
      input({ layout: "NHWC", shape: ["batch", "height", "width", 3] }),
      'layout of image was "NCHW", is "NHWC"',
    ],
    [
      "an axis was fixed",
      input({ shape: [1, 3, "height", "width"] }),
      "image was [batch,3,height,width], is [1,3,height,width]",
    ],
    [
      "a smaller range",
      input({ h: [64, 640, 640] }),
      "axis 2 of image took 64 to 1280 in steps of 32, takes 64 to 640 in steps of 32",
    ],
    [
      "a coarser stride",
      input({ stride: 64 }),
      "axis 2 of image took 64 to 1280 in steps of 32, takes 64 to 1280 in steps of 64",
    ],
    [
      "a second input",
      {
        ...BASE,
        input: undefined,
        inputs: [INPUT, { name: "scale", dtype: "f32", shape: [1] }],
      },
      "input scale is new",
    ],
    ["an output renamed", dets({ name: "boxes" }), "output dets is now boxes"],
    ["an output gone", outputs(DETS), "output labels is gone"],
    [
      "outputs in another order",
      outputs(LABELS, DETS),
      "the outputs have a different order: labels, dets",
    ],
    [
      "an output before the others",
      outputs({ name: "masks", dtype: "f32", shape: [1] }, DETS, LABELS),
      "output masks is new",
    ],
    [
      "an output's columns",
      dets({ shape: ["batch", "n", 6] }),
      "dets was [batch,n,5], is [batch,n,6]",
    ],
    [
      "labels of another type",
      outputs(DETS, { ...LABELS, dtype: "i32" }),
      'dtype of labels was "i64", is "i32"',
    ],
    [
      "the label offset",
      outputs(DETS, { ...LABELS, label_offset: 1 }),
      "label_offset of labels was 0, is 1",
    ],
    [
      "what an output is",
      dets({ activation: "sigmoid_inside" }),
      'activation of dets was nothing, is "sigmoid_inside"',
    ],
    [
      "space of the boxes",
      dets({ space: "picture" }),
      'space of dets was nothing, is "picture"',
    ],
    [
      "a class more",
      { ...BASE, classes: [...BASE.classes, "bike"] },
      "there were 3 classes, now there are 4 (new: bike)",
    ],
    [
      "a class less",
      { ...BASE, classes: ["car", "truck"] },
      "there were 3 classes, now there are 2 (gone: bus)",
    ],
    [
      "classes in another order",
      { ...BASE, classes: ["truck", "car", "bus"] },
      "class 0 was car, is truck",
    ],
    [
      "names of classes gone",
      { ...BASE, classes: null },
      "there were 3 classes, now there are 0 (gone: car, truck, bus)",
    ],
    [
      "a mean",
      {
        ...BASE,
        preprocess: [
          ...BASE.preprocess.slice(0, 2),
          { normalize: { ...NORMALIZE.normalize, mean: [0, 0, 0] } },
        ],
      },
      "step 3 of the pre-processing was",
    ],
    [
      "a step less",
      { ...BASE, preprocess: BASE.preprocess.slice(0, 2) },
      "the pre-processing had 3 steps: decode, resize, normalize; it now has 2: decode, resize",
    ],
    [
      "a threshold",
      { ...BASE, baked: { ...BASE.baked, score_thr: 0.3 } },
      "score_thr in the graph was 0.05, is 0.3",
    ],
    [
      "a threshold that nobody knows any more",
      { ...BASE, baked: { nms_iou: 0.65 } },
      "score_thr in the graph was 0.05, is nothing",
    ],
    [
      "the task",
      { ...BASE, task: "segmentation" },
      'task was "detection", is "segmentation"',
    ],
    [
      "an engine's own key",
      { ...BASE, tracker: "sort" },
      'tracker was nothing, is "sort"',
    ],
  ])("%s", (_, is, line) => {
    const found = changes(BASE, is);
    expect(found.level).toBe("breaking");
    expect(found.lines).toContainEqual(expect.stringContaining(line));
  });
});
