import { type Dataflow, dataflowOf } from "../../onnx/dataflow.ts";
import type { OnnxModel, OnnxNode } from "../../onnx/model.ts";

import type { Baked, Contract } from "./contract.ts";

const SUPPRESSION = /NonMaxSuppression|NMS/;

/**
 * The thresholds that are built into the graph are those that `baked` names: one that no reference reaches changes no
 * output that parity sees, but what a device finds.
 */
export function bakedProblems(
  { baked, outputs }: Contract,
  graph: OnnxModel,
): string[] {
  const flow = dataflowOf(graph);
  const suppressions = graph.nodes.filter(
    ({ op, domain }) => op === "NonMaxSuppression" && domain === "",
  );
  if (suppressions.length === 0) return absent(baked, graph);

  const earlier = new Set(
    suppressions.flatMap((node) => [...flow.before(node)]),
  );

  // Those of proposals come first; what a device sees is decided by the last.
  const last = suppressions.filter((node) => !earlier.has(node));
  const cuts = graph.nodes.filter(
    ({ op, domain }) => op === "TopK" && domain === "",
  );

  const after = cuts.filter((node) =>
    [...flow.before(node)].some((from) => last.includes(from)),
  );

  const ahead = cuts.filter((node) =>
    last.some((suppression) => flow.before(suppression).has(node)),
  );

  const fixed = graph.inputs.every(({ shape }) =>
    shape?.slice(1).every((dim) => typeof dim === "number"),
  );

  return [
    ...last.flatMap((node) => thresholdProblems(baked, node, flow)),
    ...cutProblems(
      "baked.pre_topk",
      baked.pre_topk,
      boundsOf(ahead, flow),
      fixed,
    ),
    ...outputs.flatMap(({ max_k: most }) =>
      cutProblems("max_k", most, boundsOf(after, flow), false),
    ),
  ];
}

function absent(baked: Baked, { nodes }: OnnxModel): string[] {
  const other = nodes.some(({ op }) => SUPPRESSION.test(op));
  return typeof baked.nms_iou === "number" && !other
    ? [
        `it declares that boxes are suppressed in the graph (baked.nms_iou ${baked.nms_iou}), but the model has no NonMaxSuppression`,
      ]
    : [];
}

/** Inputs of NonMaxSuppression: boxes, scores, most boxes of a class, IoU (0 where left out), score. */
function thresholdProblems(
  baked: Baked,
  { inputs, scope }: OnnxNode,
  flow: Dataflow,
): string[] {
  const threshold = (place: number) => {
    const input = inputs[place];
    return input ? (flow.constantOf(input, scope)?.[0] ?? null) : undefined;
  };

  const iou = threshold(3);

  return [
    ...thresholdProblem(
      "baked.nms_iou",
      baked.nms_iou,
      iou === undefined ? 0 : iou,
    ),
    ...thresholdProblem("baked.score_thr", baked.score_thr, threshold(4)),
    ...thresholdProblem(
      "baked.max_per_class",
      baked.max_per_class,
      threshold(2),
    ),
  ];
}

/** `is`: null where it is computed or unknown, undefined where the graph has none. */
function thresholdProblem(
  what: string,
  said: number | null | undefined,
  is: number | null | undefined,
): string[] {
  if (
    typeof said !== "number" ||
    is === null ||
    (is !== undefined && Math.fround(said) === Math.fround(is))
  )
    return [];
  return [
    `it declares ${what} ${said}, but the model's NonMaxSuppression has ${is === undefined ? "none" : short(is)}`,
  ];
}

function boundsOf(cuts: readonly OnnxNode[], flow: Dataflow): number[] {
  return cuts.flatMap(
    ({ inputs, scope }) => flow.boundOf(inputs[1] ?? "", scope) ?? [],
  );
}

/** One of several cuts has the number that is said; where all lengths but the batch are fixed it may be the smaller one. */
function cutProblems(
  what: string,
  said: number | null | undefined,
  bounds: readonly number[],
  fixed: boolean,
): string[] {
  if (
    typeof said !== "number" ||
    said <= 0 ||
    bounds.length === 0 ||
    bounds.includes(said)
  )
    return [];

  if (fixed && bounds.some((bound) => bound < said)) return [];

  return [
    `it declares ${what} ${said}, but the model's TopK takes ${[...new Set(bounds)].map(short).join(" or ")}`,
  ];
}

/** A float32 threshold as a person wrote it. */
function short(value: number): string {
  return Number(value.toPrecision(7)).toString();
}
