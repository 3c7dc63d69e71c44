import type { OnnxModel } from "../../onnx/model.ts";
import type { References } from "../evidence/references.ts";
import { numbersOf } from "../evidence/tensor.ts";
import type { Contract, OutputPort } from "./contract.ts";

/** Tensors inside the graph that have a column for each class: before NMS, and before ArgMax. */
const INNER = [
  { tensor: "nms.scores", axis: -1 },
  { tensor: "raw.logits", axis: 1 },
];

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
  const largest =
    labels && references ? await largestLabel(references, labels) : -1;
  const last = classes - 1 + (labels?.label_offset ?? 0);

  return largest > last
    ? [`it names ${classes} classes, but the source gives the label ${largest}`]
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

/** −1 where the references hold none. */
async function largestLabel(
  references: References,
  { name, ignore_index: ignored }: OutputPort,
): Promise<number> {
  let largest = -1;
  for (const { fp32, kind } of references.cases) {
    const entry = fp32.get(name);
    if (!entry || kind === "extreme") continue;
    for (const label of numbersOf(await references.read(entry)))
      if (label !== ignored) largest = Math.max(largest, label);
  }

  return largest;
}
