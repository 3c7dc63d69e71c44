import { describe, expect, test } from "vitest";
import {
  type Example,
  each,
  jitter,
  judge,
  KEEP,
  many,
  picture,
  type Row,
  same,
  without,
} from "./detection-examples.ts";

/** Of a place and label that no other box has. */
const next = (score: number): Row => [
  500,
  500 + 100 * score,
  560,
  550 + 100 * score,
  score,
  7,
];

describe("detections as sets: right is green", () => {
  test.each<[string, Example]>([
    ["the same boxes with rounding", { onnx: jitter(2e-5, 1e-7) }],
    ["the same boxes in another order", { onnx: (rows) => rows.toReversed() }],
    [
      "another number of rows that only fill up",
      { onnx: (rows) => [...rows, [0, 0, 0, 0, 0, -1], [5, 5, 5, 5, 0, 0]] },
    ],
    [
      "two boxes of one label whose scores swap ranks",
      {
        images: [twins(), twins(), twins()],
        onnx: (rows) => [rows[1] as Row, rows[0] as Row, ...rows.slice(2)],
      },
    ],
    [
      "a box that the source's own fp32 loses too",
      {
        images: many(),
        fp32: (rows, image) => (image === 2 ? without(5)(rows, 0) : rows),
        onnx: (rows, image) => (image === 2 ? without(5)(rows, 0) : rows),
      },
    ],
    [
      "a box lost whose score is the threshold",
      {
        images: edge(0.05),
        onnx: without(12),
        plan: { keep: { ...KEEP, scoreThreshold: 0.05, maxBoxes: null } },
      },
    ],
    [
      "a box lost at the cut of the best k",
      {
        images: edge(0.2),
        onnx: without(12),
        plan: { keep: { ...KEEP, scoreThreshold: 0.05, maxBoxes: 13 } },
      },
    ],
    [
      "a box below the cut that takes the room of one that the source's own fp32 loses too",
      {
        images: many(),
        fp32: (rows, image) => (image === 2 ? without(5)(rows, 0) : rows),
        onnx: (rows, image) =>
          image === 2 ? [...without(5)(rows, 0), next(0.25)] : rows,
        plan: { keep: { ...KEEP, maxBoxes: 12 } },
      },
    ],
    [
      "one class, as the contract says",
      { images: [oneLabel(0), oneLabel(1)], onnx: same, plan: { classes: 1 } },
    ],
  ])("%s", (_, example) => {
    expect(judge(example)).toMatchObject({ status: "pass" });
  });
});

describe("detections as sets: wrong is red", () => {
  test.each<[string, Example, string]>([
    ...(
      [
        ["two boxes that take the room of one", [next(0.25), next(0.24)]],
        ["a box above the cut for one that was lost", [next(0.9)]],
      ] as const
    ).map(([title, more]): [string, Example, string] => [
      title,
      {
        images: many(),
        fp32: (rows, image) => (image === 2 ? without(5)(rows, 0) : rows),
        onnx: (rows, image) =>
          image === 2 ? [...without(5)(rows, 0), ...more] : rows,
        plan: { keep: { ...KEEP, maxBoxes: 12 } },
      },
      "only in the ONNX",
    ]),
    [
      "boxes half a pixel off",
      {
        onnx: each(([x1, y1, x2, y2, s, l]) => [
          x1 + 0.5,
          y1,
          x2 + 0.5,
          y2,
          s,
          l,
        ]),
      },
      "a corner differs",
    ],
    [
      "boxes five pixels off",
      {
        onnx: each(([x1, y1, x2, y2, s, l]) => [x1 + 5, y1 + 5, x2, y2, s, l]),
      },
      "missing in the ONNX",
    ],
    [
      "scores scaled by 1 %",
      { onnx: each(([x1, y1, x2, y2, s, l]) => [x1, y1, x2, y2, s * 0.99, l]) },
      "a score differs",
    ],
    [
      "classes off by one",
      { onnx: each(([x1, y1, x2, y2, s, l]) => [x1, y1, x2, y2, s, l + 1]) },
      "its labels are shifted by +1",
    ],
    [
      "one box missing",
      { onnx: (rows, image) => (image === 0 ? without(3)(rows, 0) : rows) },
      "1 of the source's 24 boxes are missing",
    ],
    [
      "one box too many",
      {
        onnx: (rows, image) =>
          image === 0 ? [...rows, [500, 500, 560, 560, 0.5, 1]] : rows,
      },
      "1 boxes are only in the ONNX model",
    ],
    [
      "no boxes at all",
      { onnx: () => [] },
      "24 of the source's 24 boxes are missing",
    ],
    [
      "corners x and y swapped",
      { onnx: each(([x1, y1, x2, y2, s, l]) => [y1, x1, y2, x2, s, l]) },
      "missing",
    ],
    [
      "NaN in a box",
      {
        onnx: (rows) =>
          rows.map((row, index) =>
            index === 2 ? ([Number.NaN, ...row.slice(1)] as Row) : row,
          ),
      },
      "contain NaN",
    ],
    [
      "NaN scores",
      {
        onnx: each(([x1, y1, x2, y2, , l]) => [x1, y1, x2, y2, Number.NaN, l]),
      },
      "contain NaN",
    ],
    [
      "a threshold that is higher: the weakest boxes are lost",
      {
        onnx: (rows) => rows.filter((row) => row[4] > 0.4),
        plan: { keep: { ...KEEP, scoreThreshold: 0.05, maxBoxes: 100 } },
      },
      "missing in the ONNX",
    ],
    [
      "a duplicate that suppression should have removed",
      {
        onnx: (rows) =>
          rows.flatMap((row) => [
            row,
            [
              row[0] + 1,
              row[1],
              row[2] + 1,
              row[3],
              row[4] - 0.01,
              row[5],
            ] as Row,
          ]),
      },
      "only in the ONNX",
    ],
  ])("%s", (_, example, message) => {
    const report = judge(example);
    expect(report).toMatchObject({ status: "fail", kind: "wrong" });
    expect(report.message).toContain(message);
  });
});

function twins(): Row[] {
  return [
    [10, 10, 80, 80, 0.5, 1],
    [300, 10, 380, 80, 0.5, 1],
    ...picture(0).slice(2),
  ];
}

function edge(score: number): Row[][] {
  return many().map((rows, index) => [
    ...rows,
    [500, 500, 560, 560, score + 1e-8 * index, 1] as Row,
  ]);
}

function oneLabel(image: number): Row[] {
  return each(([x1, y1, x2, y2, s]) => [x1, y1, x2, y2, s, 1])(
    picture(image),
    0,
  );
}
