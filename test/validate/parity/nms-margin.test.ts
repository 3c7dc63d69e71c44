import { describe, expect, test } from "vitest";
import type { BeforeNms } from "../../../src/validate/parity/detection/nms-margin.ts";
import {
  type Change,
  type Example,
  judge,
  KEEP,
  many,
  picture,
  type Row,
} from "./detection-examples.ts";

/** Pictures with one more box, which overlaps the first by just more, or just less, than suppression allows. */
const NMS = { ...KEEP, nmsIou: 0.5, scoreThreshold: 0.05, maxBoxes: 100 };
const RIVAL = (by: number, score = 0.5): Row =>
  [20, 20, 80, 70, score, 0]
    .with(1, 20 + (50 / 3) * (1 + by))
    .with(3, 70 + (50 / 3) * (1 + by)) as Row;
const withRival = (rival: Row) =>
  Array.from({ length: 3 }, () => [...picture(0), rival]);
const beforeNms =
  (dropped: Row[]) =>
  (kept: Row[]): BeforeNms => {
    const rows = [
      ...kept,
      ...dropped.filter(
        (row) =>
          !kept.some((other) => other.every((value, at) => value === row[at])),
      ),
    ];
    const scores = rows.flatMap(([, , , , score, label]) =>
      [0, 1, 2, 3].map((each) => (each === label ? score : 0.001)),
    );
    return {
      boxes: {
        dtype: "float64",
        dims: [1, rows.length, 4],
        data: Float64Array.from(rows.flatMap((row) => row.slice(0, 4))),
      },
      scores: {
        dtype: "float64",
        dims: [1, rows.length, 4],
        data: Float64Array.from(scores),
      },
    };
  };
const last: Change = (rows) => rows.slice(0, -1);

describe("detections as sets: with what reaches the suppression", () => {
  const near = RIVAL(1e-7);
  const far = RIVAL(0.3);
  const twin = RIVAL(-0.5, 0.95);
  test.each<[string, Example]>([
    [
      "a box lost whose overlap is the threshold",
      {
        images: withRival(near),
        onnx: last,
        plan: { keep: NMS },
        before: beforeNms([]),
      },
    ],
    [
      "a box more whose overlap is the threshold",
      {
        images: withRival(near).map((rows) => rows.slice(0, -1)),
        onnx: (rows) => [...rows, near],
        plan: { keep: NMS },
        before: beforeNms([near]),
      },
    ],
    [
      "a rival of the same score in the place of a box",
      {
        onnx: (rows) => (rows.length > 0 ? [twin, ...rows.slice(1)] : []),
        plan: { keep: NMS },
        before: beforeNms([twin]),
      },
    ],
  ])("%s: green", (_, example) => {
    expect(judge(example)).toMatchObject({ status: "pass" });
  });

  test.each<[string, Example]>([
    [
      "a box lost that no rival drops",
      {
        images: withRival(far),
        onnx: last,
        plan: { keep: NMS },
        before: beforeNms([]),
      },
    ],
    [
      "one box lost of many, which without evidence may be chance",
      {
        images: many().concat(many(), many(), many()),
        onnx: (rows, image) => (image === 2 ? last(rows, 0) : rows),
        plan: { keep: NMS },
        before: beforeNms([]),
      },
    ],
    [
      "a box more that fp64 does not know",
      {
        onnx: (rows) => (rows.length > 0 ? [...rows, far] : []),
        plan: { keep: NMS },
        before: beforeNms([]),
      },
    ],
    [
      "a rival that is less sure in the place of a box",
      {
        onnx: (rows) =>
          rows.length > 0 ? [RIVAL(-0.5, 0.9), ...rows.slice(1)] : [],
        plan: { keep: NMS },
        before: beforeNms([RIVAL(-0.5, 0.9)]),
      },
    ],
  ])("%s: red", (_, example) => {
    expect(judge(example)).toMatchObject({ status: "fail", kind: "wrong" });
  });

  test("one box lost of many may be chance where nothing says what reaches the suppression", () => {
    const images = many().concat(many(), many(), many());
    const onnx: Change = (rows, image) => (image === 2 ? last(rows, 0) : rows);
    expect(judge({ images, onnx, plan: { keep: NMS } })).toMatchObject({
      status: "pass",
    });
  });
});
