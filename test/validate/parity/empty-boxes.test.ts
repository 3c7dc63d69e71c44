import { describe, expect, test } from "vitest";
import {
  type Change,
  type Example,
  judge,
  KEEP,
  picture,
  type Row,
} from "./detection-examples.ts";

/** Rows that cover nothing, as clipping leaves them at the edge of a picture. */
const empty = (count: number, score = 0.3): Row[] =>
  Array.from({ length: count }, (_, index) => [
    ...([640, 20 * index, 640, 20 * index + 15] as const),
    score - index / 1000,
    index % 4,
  ]);

const IMAGES = [0, 1, 2].map((image) => [...picture(image), ...empty(28)]);
const withArea: Change = (rows) => rows.filter(([x1, , x2]) => x2 > x1);

describe("boxes without area, which a device drops", () => {
  test.each<[string, Example]>([
    [
      "are missing in the ONNX, whose suppression drops them",
      { images: IMAGES, onnx: withArea },
    ],
    [
      "are in the ONNX only",
      {
        images: IMAGES.map((rows) => withArea(rows, 0)),
        onnx: (rows) => [...rows, ...empty(28)],
      },
    ],
    [
      "have turned inside out",
      {
        images: IMAGES,
        onnx: (rows) =>
          rows.map((row) => (row[0] === 640 ? row.with(2, 639) : row) as Row),
      },
    ],
    [
      "are next to none on one side and none on the other",
      {
        images: IMAGES,
        onnx: (rows) =>
          rows.map(
            (row) => (row[0] === 640 ? row.with(0, 639.9999) : row) as Row,
          ),
      },
    ],
    [
      "leave their room at the cut to another box",
      {
        images: IMAGES.map((rows) => [...withArea(rows, 0), ...empty(2, 0.28)]),
        onnx: (rows) => [
          ...withArea(rows, 0),
          [500, 500, 560, 560, 0.2, 1],
          [300, 500, 360, 560, 0.19, 2],
        ],
        plan: { keep: { ...KEEP, maxBoxes: 14 } },
      },
    ],
  ])("%s: right is green", (_, example) => {
    expect(judge(example)).toMatchObject({ status: "pass" });
  });

  test.each<[string, Example, string]>([
    [
      "a box that has area in the source only",
      {
        images: IMAGES,
        onnx: (rows) =>
          rows.map((row, at) => (at === 3 ? row.with(2, row[0]) : row) as Row),
      },
      "3 of the source's 36 boxes are missing",
    ],
    [
      "all boxes turned inside out",
      {
        images: IMAGES,
        onnx: (rows) =>
          rows.map(
            ([x1, y1, x2, y2, score, label]) =>
              [...[x2, y2, x1, y1], score, label] as Row,
          ),
      },
      "36 of the source's 36 boxes are missing",
    ],
    [
      "one box more than there is room",
      {
        images: IMAGES.map((rows) => [...withArea(rows, 0), ...empty(1, 0.28)]),
        onnx: (rows) => [
          ...withArea(rows, 0),
          [500, 500, 560, 560, 0.2, 1],
          [300, 500, 360, 560, 0.19, 2],
        ],
        plan: { keep: { ...KEEP, maxBoxes: 13 } },
      },
      "only in the ONNX",
    ],
    [
      "rows that are no corners, as the contract says",
      {
        images: IMAGES,
        onnx: withArea,
        plan: { keep: { ...KEEP, dropsEmpty: false } },
      },
      "missing in the ONNX",
    ],
  ])("%s: wrong is red", (_, example, message) => {
    const report = judge(example);
    expect(report).toMatchObject({ status: "fail", kind: "wrong" });
    expect(report.message).toContain(message);
  });
});
