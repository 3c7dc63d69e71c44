import type { Box } from "../detection/boxes.ts";
import { iou } from "../detection/iou.ts";
import type { KeepRule } from "../detection/keep-rule.ts";
import { short } from "../output-report.ts";
import { type BoxImage, matches } from "./box-agreement.ts";

/** Overlap of two boxes that are kept both, where the contract names no threshold of the suppression. */
const OVERLAP = 0.5;
/** Rounding of corners moves an overlap by less. */
const ROUNDING = 0.02;
/** Part of the boxes without a match that a setting must explain. */
const MOST = 0.5;

/** Boxes of one image without a match, and all that are confident. */
interface Side {
  unmatched: readonly Box[];
  all: readonly Box[];
}

interface Sides {
  edge: Side;
  source: Side;
}

/** A setting, and which box without a match it explains. */
interface Cause {
  says(keep: KeepRule): string;
  explained(sides: Sides, keep: KeepRule): number;
}

/**
 * By which setting most boxes that have no match were chosen, as `contract.json` names it; null where the boxes do not
 * show it. `images` holds the boxes of both sides, and `confident` the score from which they count.
 */
export function decisionCause(
  images: readonly BoxImage[],
  confident: number,
  keep: KeepRule,
): string | null {
  const sides = images.map(({ edge, source }) => ({
    edge: sideOf(edge, source, confident),
    source: sideOf(source, edge, confident),
  }));

  const without = sum(
    sides.map(
      ({ edge, source }) => edge.unmatched.length + source.unmatched.length,
    ),
  );

  const [best] = CAUSES.map(({ says, explained }) => ({
    says,
    count: sum(sides.map((each) => explained(each, keep))),
  })).toSorted((a, b) => b.count - a.count);

  return best && best.count > MOST * without ? best.says(keep) : null;
}

const CAUSES: readonly Cause[] = [
  {
    says: () =>
      "among overlapping boxes the source keeps the best of all labels, the edge model the best of each label (baked.class_agnostic)",
    explained: ({ edge, source }, keep) =>
      overlapping(source.all, "other", keep).length === 0
        ? among(edge, overlapping(edge.all, "other", keep))
        : 0,
  },
  {
    says: () =>
      "among overlapping boxes the edge model keeps the best of all labels, the source the best of each label (baked.class_agnostic)",
    explained: ({ edge, source }, keep) =>
      overlapping(edge.all, "other", keep).length === 0
        ? among(source, overlapping(source.all, "other", keep))
        : 0,
  },
  {
    says: ({ nmsIou }) =>
      `the source keeps boxes of one label that overlap more than the edge model allows (baked.nms_iou${valueText(nmsIou)}): its suppression works differently, such as soft NMS`,
    explained: ({ edge, source }, keep) =>
      overlapping(edge.all, "same", keep).length === 0
        ? among(source, overlapping(source.all, "same", keep))
        : 0,
  },
  {
    says: ({ nmsIou }) =>
      `the edge model keeps boxes of one label that overlap more than the source allows (baked.nms_iou${valueText(nmsIou)})`,
    explained: ({ edge, source }, keep) =>
      overlapping(source.all, "same", keep).length === 0
        ? among(edge, overlapping(edge.all, "same", keep))
        : 0,
  },
  {
    says: ({ maxBoxes }) =>
      `the edge model gives at most ${maxBoxes} boxes per picture (max_k), and the source gives different ones`,
    explained: ({ edge, source }, { maxBoxes }) =>
      maxBoxes !== null && edge.all.length >= maxBoxes
        ? edge.unmatched.length + source.unmatched.length
        : 0,
  },
  {
    says: ({ scoreThreshold }) =>
      `the edge model keeps boxes of lower scores than the source does (baked.score_thr${valueText(scoreThreshold)})`,
    explained: (sides, keep) =>
      isFull(sides, keep) ? 0 : below(sides.edge.unmatched, sides.source.all),
  },
  {
    says: ({ scoreThreshold }) =>
      `the source keeps boxes of lower scores than the edge model does (baked.score_thr${valueText(scoreThreshold)})`,
    explained: (sides, keep) =>
      isFull(sides, keep) ? 0 : below(sides.source.unmatched, sides.edge.all),
  },
];

function sideOf(
  boxes: readonly Box[],
  others: readonly Box[],
  confident: number,
): Side {
  return {
    unmatched: matches(boxes, others, confident).unmatched,
    all: boxes.filter(({ score }) => score >= confident && score > 0),
  };
}

/** Boxes that a more confident one of the same or of another label overlaps by more than the suppression lets pass. */
function overlapping(
  boxes: readonly Box[],
  labels: "same" | "other",
  { nmsIou }: KeepRule,
): Box[] {
  const least = (nmsIou ?? OVERLAP) + ROUNDING;
  return boxes.filter((box) =>
    boxes.some(
      (other) =>
        other !== box &&
        other.score >= box.score &&
        (other.label === box.label) === (labels === "same") &&
        iou(box, other) > least,
    ),
  );
}

function among({ unmatched }: Side, boxes: readonly Box[]): number {
  return unmatched.filter((box) => boxes.includes(box)).length;
}

/** One side gives as many boxes as it may: where it ends says nothing of a threshold. */
function isFull({ edge, source }: Sides, { maxBoxes }: KeepRule): boolean {
  const most = Math.max(edge.all.length, source.all.length);
  return maxBoxes !== null && most >= maxBoxes;
}

/** How many have a lower score than all of the other side, of which there must be some. */
function below(boxes: readonly Box[], others: readonly Box[]): number {
  if (others.length === 0) return 0;
  const lowest = Math.min(...others.map(({ score }) => score));

  return boxes.filter(({ score }) => score < lowest).length;
}

function valueText(value: number | null): string {
  return value === null ? "" : ` ${short(value)}`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
