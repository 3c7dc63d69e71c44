import type { OnnxModel } from "../../onnx/model.ts";
import { readBoxes } from "../detection/boxes.ts";
import { detectionNames } from "../detection/detection-names.ts";
import {
  countingCases,
  type ReferenceCase,
  type References,
} from "../evidence/references.ts";
import { numbersOf } from "../evidence/tensor.ts";
import type { Contract, OutputPort } from "./contract.ts";

/** Tensors inside the graph that have a column for each class: before NMS, and before ArgMax. */
const INNER = [
  { tensor: "nms.scores", axis: -1 },
  { tensor: "raw.logits", axis: 1 },
];

/** The label of a row without a detection. */
const NOTHING = -1;

/** One class for each column of scores, and no label beyond them. */
export async function classProblems(
  said: Contract,
  graph: OnnxModel,
  references: References | null,
): Promise<string[]> {
  const classes = said.classes.length;
  if (classes === 0) return [];

  for (const { columns, where } of columnsOf(said, graph, references))
    if (columns !== classes && !isBinary(columns, classes))
      return [
        `it names ${classes} classes, but the model gives ${columns} scores${where}`,
      ];

  const labels = said.outputs.find(isLabels);
  if (!labels || !references) return [];

  const offset = labels.label_offset ?? 0;
  const { smallest, largest } = await labelRange(references, labels, said);
  if (largest > classes - 1 + offset)
    return [
      `it names ${classes} classes, but the source gives the label ${largest}`,
    ];

  return labels.label_offset !== undefined && smallest < offset
    ? [
        `its label_offset is ${offset}, but the source gives the label ${smallest}`,
      ]
    : [];
}

/** Where the number of classes is to be seen. */
function columnsOf(
  { task, outputs }: Contract,
  graph: OnnxModel,
  references: References | null,
): { columns: number; where: string }[] {
  const cases = references?.cases ?? [];
  const found = outputs.flatMap((output, index) => {
    const axis = scoreAxis(task, output, index);
    if (axis === null) return [];

    const dims = [
      graph.outputs[index]?.shape,
      output.shape,
      ...cases.map(({ fp32 }) => fp32.get(output.name)?.dims),
    ];

    return {
      columns: dims.map((shape) => shape?.at(axis)).find(isCount),
      where: "",
    };
  });

  const inside = INNER.map(({ tensor, axis }) => ({
    columns: cases
      .map(({ intermediate }) => intermediate.fp32.get(tensor)?.dims.at(axis))
      .find(isCount),
    where: ` in "${tensor}"`,
  }));

  return [...found, ...inside].flatMap(({ columns, where }) =>
    columns === undefined ? [] : [{ columns, where }],
  );
}

/** The axis of an output that has a place for each class, null where there is none. */
function scoreAxis(
  task: string | null,
  { name, shape, dtype, activation }: OutputPort,
  index: number,
): number | null {
  const isFloat = dtype.startsWith("f") || dtype === "bf16";
  if (!isFloat) return null;
  if (task === "classification") return index === 0 ? -1 : null;
  if (task === "segmentation")
    return shape.length === 4 && activation !== "argmax_inside" ? 1 : null;

  return task === "detection" && name === "scores" && shape.length === 3
    ? -1
    : null;
}

/** One score decides between two classes by a threshold. */
function isBinary(columns: number, classes: number): boolean {
  return columns === 1 && classes === 2;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value > 0;
}

function isLabels({
  label_offset: offset,
  activation,
  name,
  dtype,
}: OutputPort): boolean {
  return (
    offset !== undefined ||
    activation === "argmax_inside" ||
    activation === "threshold_inside" ||
    (name === "labels" && /^[iu]\d/.test(dtype))
  );
}

/** Of all labels the largest, -1 where there are none; the smallest of those that a device looks at. */
async function labelRange(
  references: References,
  output: OutputPort,
  said: Contract,
): Promise<{ smallest: number; largest: number }> {
  const names = said.outputs.map(({ name }) => name);
  const detections = detectionNames(said, names, references.cases);
  const dets = detections?.labels === output.name ? detections.dets : null;
  let [smallest, largest] = [Number.POSITIVE_INFINITY, -1];

  for (const referenceCase of countingCases(references)) {
    const { all, kept } = await labelsOf(
      references,
      referenceCase,
      output,
      dets,
    );
    for (const label of all) largest = Math.max(largest, label);
    for (const label of kept) smallest = Math.min(smallest, label);
  }

  return { smallest, largest };
}

/** Labels of one case; kept are those of rows that a device does not drop. `dets`: the boxes beside them, if any. */
async function labelsOf(
  references: References,
  { fp32 }: ReferenceCase,
  { name, ignore_index: ignored }: OutputPort,
  dets: string | null,
): Promise<{ all: number[]; kept: number[] }> {
  const entry = fp32.get(name);
  if (!entry) return { all: [], kept: [] };

  const tensor = await references.read(entry);
  const all = Array.from(numbersOf(tensor)).filter(
    (label) => label !== ignored,
  );
  const boxes = dets === null ? undefined : fp32.get(dets);
  if (!boxes) return { all, kept: all.filter((label) => label !== NOTHING) };

  // Rows that only fill up have any label.
  const { images } = readBoxes(await references.read(boxes), tensor);
  return { all, kept: images.flat().map(({ label }) => label) };
}
