import { describe, expect, test } from "vitest";
import { decisionCause } from "../../../src/validate/agreement/decision-cause.ts";
import type { Box } from "../../../src/validate/detection/boxes.ts";
import type { KeepRule } from "../../../src/validate/detection/keep-rule.ts";

const KEEP: KeepRule = {
  scoreThreshold: 0.3,
  maxBoxes: 100,
  preTopK: null,
  nmsIou: 0.5,
  classAgnostic: false,
  dropsEmpty: false,
};
const box = (x: number, score: number, label = 0): Box => ({
  row: 0,
  corners: [x, 0, x + 10, 10],
  score,
  label,
});
/** Four places, each with a box of label 0. */
const places = [0, 100, 200, 300];
const best = places.map((x) => box(x, 0.9));
/** Beside each, at the same place, a less sure one. */
const second = (label: number, aside = 1) =>
  places.map((x) => box(x + aside, 0.6, label));

describe("what boxes without a match show", () => {
  test.each<[string, Box[], Box[], string]>([
    [
      "one suppression for all labels in the source",
      [...best, ...second(1)],
      best,
      "among overlapping boxes the source keeps the best of all labels, the edge model the best of each label (baked.class_agnostic)",
    ],
    [
      "one suppression for all labels in the graph",
      best,
      [...best, ...second(1)],
      "among overlapping boxes the edge model keeps the best of all labels",
    ],
    [
      "a soft suppression in the source",
      best,
      [...best, ...second(0)],
      "the source keeps boxes of one label that overlap more than the edge model allows (baked.nms_iou 0.5)",
    ],
    [
      "a threshold of the suppression that is higher in the graph",
      [...best, ...second(0)],
      best,
      "the edge model keeps boxes of one label that overlap more than the source allows (baked.nms_iou 0.5)",
    ],
    [
      "a lower threshold of the score in the graph",
      [...best, ...second(0, 50)],
      best,
      "the edge model keeps boxes of lower scores than the source does (baked.score_thr 0.3)",
    ],
    [
      "a lower threshold of the score in the source",
      best,
      [...best, ...second(0, 50)],
      "the source keeps boxes of lower scores than the edge model does (baked.score_thr 0.3)",
    ],
  ])("%s", (_, edge, source, cause) => {
    expect(decisionCause([{ edge, source }], 0.3, KEEP)).toContain(cause);
  });

  test("a cut at the most boxes of a picture", () => {
    const edge = best.slice(0, 2);
    const source = best.slice(2).map((each) => ({ ...each, score: 0.91 }));

    expect(
      decisionCause([{ edge, source }], 0.3, { ...KEEP, maxBoxes: 2 }),
    ).toContain("at most 2 boxes per picture (max_k)");
  });

  test("no threshold of the score where one side is full", () => {
    const source = [...best, ...second(0, 50)];
    const full = { ...KEEP, maxBoxes: source.length };

    expect(decisionCause([{ edge: best, source }], 0.3, full)).toBeNull();
    expect(
      decisionCause([{ edge: source, source: best }], 0.3, {
        ...full,
        maxBoxes: source.length + 1,
      }),
    ).toContain("baked.score_thr");
  });

  test("nothing where boxes just lie elsewhere, or all have a match", () => {
    const moved = best.map((each) => ({ ...each, corners: [40, 40, 60, 60] }));

    expect(
      decisionCause([{ edge: moved, source: best }], 0.3, KEEP),
    ).toBeNull();
    expect(decisionCause([{ edge: best, source: best }], 0.3, KEEP)).toBeNull();
    expect(decisionCause([], 0, KEEP)).toBeNull();
  });
});
