import { folderOf } from "./model-folder.ts";
import { type ModelInput, type NodeInput, onnxModel } from "./onnx-writer.ts";
import { random } from "./random.ts";
import { safetensors, type TensorValue } from "./references-writer.ts";

/**
 * A detector with its suppression inside, as MMDeploy writes it: `x` [1, n, 7] are corners and the scores of three
 * classes, cut to the best, suppressed, and cut again. Its references hold boxes that neither overlap nor come near
 * the threshold, so that nothing that is baked in changes an output.
 */
const ROW = 7;
const CLASSES = 3;
const ints = (...values: number[]) => ({
  dims: [values.length],
  values,
  type: 7,
});
const floats = (...values: number[]) => ({ dims: [values.length], values });
const node = (
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: NodeInput["attributes"] = {},
): NodeInput => ({
  op,
  inputs,
  outputs,
  attributes,
});
/** `Where(n < k, n, k)`, the way in which MMDeploy says "at most k". */
const atMost = (
  name: string,
  of: string,
  axis: number,
  k: string,
): NodeInput[] => [
  node("Shape", [of], [`${name}.shape`]),
  node("Gather", [`${name}.shape`, `place.${axis}`], [`${name}.n`]),
  node("Less", [`${name}.n`, k], [`${name}.is`]),
  node("Where", [`${name}.is`, `${name}.n`, k], [`${name}.least`]),
  node("Reshape", [`${name}.least`, "one"], [name]),
];

export const SUPPRESSING_MODEL: ModelInput = {
  nodes: [
    node("Slice", ["x", "zero", "four", "two"], ["all.boxes"]),
    node("Slice", ["x", "four", "seven", "two"], ["all.scores"]),
    node("ReduceMax", ["all.scores"], ["all.best"], { axes: [2], keepdims: 0 }),
    ...atMost("pre_k", "all.best", 1, "pre_topk"),
    node("TopK", ["all.best", "pre_k"], ["pre.best", "pre.places"]),
    node("Squeeze", ["pre.places", "zero"], ["pre.rows"]),
    node("Gather", ["all.boxes", "pre.rows"], ["boxes"], { axis: 1 }),
    node("Gather", ["all.scores", "pre.rows"], ["scores"], { axis: 1 }),
    node("Transpose", ["scores"], ["by_class"], { perm: [0, 2, 1] }),
    node(
      "NonMaxSuppression",
      ["boxes", "by_class", "most", "nms_iou", "score_thr"],
      ["selected"],
    ),
    node("Slice", ["selected", "one", "two", "one"], ["of_class"]),
    node("Slice", ["selected", "two", "three", "one"], ["of_box"]),
    node("Squeeze", ["boxes", "zero"], ["boxes.flat"]),
    node("Squeeze", ["scores", "zero"], ["scores.flat"]),
    node("GatherND", ["boxes.flat", "of_box"], ["kept.boxes"]),
    node("Concat", ["of_box", "of_class"], ["of_score"], { axis: 1 }),
    node("GatherND", ["scores.flat", "of_score"], ["kept.scores"]),
    node("Unsqueeze", ["kept.scores", "one"], ["kept.column"]),
    node("Concat", ["kept.boxes", "kept.column"], ["kept"], { axis: 1 }),
    ...atMost("after_k", "kept.scores", 0, "max_k"),
    node("TopK", ["kept.scores", "after_k"], ["after.best", "after.places"]),
    node("Gather", ["kept", "after.places"], ["dets.flat"]),
    node("Unsqueeze", ["dets.flat", "zero"], ["dets"]),
    node("Squeeze", ["of_class", "one"], ["kept.labels"]),
    node("Gather", ["kept.labels", "after.places"], ["labels.flat"]),
    node("Unsqueeze", ["labels.flat", "zero"], ["labels"]),
  ],
  inputs: [{ name: "x", dims: [1, "boxes", ROW] }],
  outputs: [
    { name: "dets", dims: [1, "k", 5] },
    { name: "labels", dims: [1, "k"], type: 7 },
  ],
  weights: {
    ...{
      zero: ints(0),
      one: ints(1),
      two: ints(2),
      three: ints(3),
      four: ints(4),
      seven: ints(7),
    },
    ...{ "place.0": ints(0), "place.1": ints(1) },
    ...{
      most: ints(200),
      nms_iou: floats(0.6),
      score_thr: floats(0.05),
      pre_topk: ints(5000),
      max_k: ints(100),
    },
  },
};

export const SUPPRESSING_CONTRACT = {
  version: 1,
  task: "detection",
  input: { name: "x", dtype: "f32", shape: [1, "boxes", ROW] },
  outputs: [
    {
      name: "dets",
      dtype: "f32",
      shape: [1, "k", 5],
      format: "x1y1x2y2s",
      max_k: 100,
    },
    { name: "labels", dtype: "i64", shape: [1, "k"], label_offset: 0 },
  ],
  baked: {
    nms_iou: 0.6,
    score_thr: 0.05,
    pre_topk: 5000,
    max_per_class: 200,
    class_agnostic: false,
  },
  classes: ["car", "bus", "tram"],
};

/** Four cases of boxes that lie apart; one has none that is kept. */
function references(): Buffer {
  const rng = random(5);
  const tensors: Record<string, TensorValue> = {};
  for (const [name, count] of Object.entries({
    "sample-0": 8,
    "random-0": 12,
    "random-1": 10,
    none: 6,
  })) {
    const boxes = Array.from({ length: count }, (_, index) => {
      const [x, y] = [20 + 100 * (index % 4), 20 + 100 * Math.floor(index / 4)];
      const box = [x + rng.uniform(), y + rng.uniform(), x + 60, y + 50].map(
        Math.fround,
      );
      return {
        box,
        score: name === "none" ? 0.001 : Math.fround(0.9 - 0.05 * index),
        label: index % CLASSES,
      };
    });
    const rows = boxes.flatMap(({ box, score, label }) => [
      ...box,
      ...Array.from({ length: CLASSES }, (_, at) =>
        at === label ? score : 0.001,
      ),
    ]);
    const kept = name === "none" ? [] : boxes;
    const dets = kept.flatMap(({ box, score }) => [...box, score]);
    tensors[`${name}/in/x`] = {
      dtype: "F32",
      shape: [1, count, ROW],
      values: rows,
    };
    tensors[`${name}/fp32/dets`] = {
      dtype: "F32",
      shape: [1, kept.length, 5],
      values: dets,
    };
    tensors[`${name}/fp64/dets`] = {
      dtype: "F64",
      shape: [1, kept.length, 5],
      values: dets.map((at) => at * (1 + 1e-8)),
    };
    for (const side of ["fp32", "fp64"])
      tensors[`${name}/${side}/labels`] = {
        dtype: "I64",
        shape: [1, kept.length],
        values: kept.map(({ label }) => label),
      };
  }
  return safetensors(tensors, { "sample-0/kind": "real" });
}

/** A folder with the detector, some of its model or of its contract changed. */
export function suppressingFolder(
  change: (model: ModelInput) => ModelInput = (model) => model,
  contract: object = {},
): Promise<string> {
  return folderOf({
    "end2end.onnx": onnxModel(change(SUPPRESSING_MODEL)),
    "references.safetensors": references(),
    "contract.json": JSON.stringify({ ...SUPPRESSING_CONTRACT, ...contract }),
  });
}
