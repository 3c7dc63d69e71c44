import { describe, expect, test } from "vitest";
import {
  type Example,
  each,
  jitter,
  judge,
  picture,
  type Row,
  same,
} from "./detection-examples.ts";

describe("detections as sets: without evidence it is unproven", () => {
  test.each<[string, Example, string]>([
    [
      "four boxes in all",
      { images: [picture(0, 2), picture(1, 2)], onnx: same },
      "only 4 boxes",
    ],
    [
      "boxes in one picture only",
      { images: [picture(0), []], onnx: same },
      "only one picture has boxes",
    ],
    [
      "one label, and nobody says that there is one class",
      { images: [oneLabel(0), oneLabel(1)], onnx: same },
      "all boxes have label 1",
    ],
    [
      "a source that keeps other boxes in fp64",
      { fp32: (rows) => rows.slice(2), onnx: same },
      "the model may be untrained",
    ],
    [
      "a source whose boxes are noisy",
      { fp32: jitter(0.2, 1e-7), onnx: same },
      "too noisy",
    ],
    [
      "the same score everywhere",
      { images: [equal(0), equal(1)], onnx: same },
      "all scores are the same",
    ],
    ["no fp64", { onnx: same, plan: { evidence: "none" } }, "no float64"],
  ])("%s", (_, example, message) => {
    const report = judge(example);
    expect(report).toMatchObject({ status: "fail", kind: "unproven" });
    expect(report.message).toContain(message);
  });
});

function oneLabel(image: number): Row[] {
  return each(([x1, y1, x2, y2, s]) => [x1, y1, x2, y2, s, 1])(
    picture(image),
    0,
  );
}

function equal(image: number): Row[] {
  return each(([x1, y1, x2, y2, , l]) => [x1, y1, x2, y2, 0.5, l])(
    picture(image),
    0,
  );
}
