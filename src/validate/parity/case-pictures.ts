import type { Contract } from "../contract/contract.ts";
import { isFloat, numbersOf, type Tensor } from "../evidence/tensor.ts";
import type { CaseOutputs } from "./collect.ts";
import { type MaskPicture, maskPicture } from "./mask-picture.ts";

/** The best classes of the first row of a case, for people: label and score, best first. */
export interface ClassPicture {
  case: string;
  output: string;
  source: [number, number][];
  edge: [number, number][];
}

/** What a classifier or a segmentor decides in the samples; a detector's boxes are not among it. */
export interface DecisionPictures {
  classes: ClassPicture[];
  masks: MaskPicture[];
}

/** Gathers, a case at a time, what is shown of real samples, or of one other case where there are none. */
export interface PictureCollector extends DecisionPictures {
  add(outputs: CaseOutputs): Promise<void>;
}

const PICTURES = 4;
const BEST = 3;

/** The contract's task says what an output means: without one there is nothing to show. */
export function createPictureCollector(
  contract: Pick<Contract, "task" | "outputs"> | null,
): PictureCollector {
  const found: DecisionPictures = { classes: [], masks: [] };
  const what = whatOf(contract?.task ?? null);
  const names = contract?.outputs.map(({ name }) => name) ?? [];

  async function add(outputs: CaseOutputs): Promise<void> {
    const count = found.classes.length + found.masks.length;
    if (what === null || !isWanted(outputs, count)) return;

    for (const name of names) {
      const compared = await outputs.read(name);
      const source = compared?.fp64 ?? compared?.fp32;
      const place = { case: outputs.name, output: name };
      if (
        compared &&
        source &&
        addTo(found, what, place, [compared.onnx, source])
      )
        return;
    }
  }

  return { ...found, add };
}

/** Samples, and the first case of all where there are none. */
function isWanted({ kind }: CaseOutputs, count: number): boolean {
  if (count >= PICTURES) return false;
  return kind === "real" || (kind === "random" && count === 0);
}

/** False where the output is neither scores nor a map. */
function addTo(
  { classes, masks }: DecisionPictures,
  what: "classes" | "masks",
  place: { case: string; output: string },
  [onnx, source]: readonly [Tensor, Tensor],
): boolean {
  if (what === "masks") {
    const mask = maskPicture(place, onnx, source);
    if (mask) masks.push(mask);
    return mask !== null;
  }
  if (!isScores(onnx) || !isScores(source)) return false;

  classes.push({ ...place, source: bestOf(source), edge: bestOf(onnx) });
  return true;
}

/** `tabular-classification` is one too; `instance-segmentation` is a detector's. */
function whatOf(task: string | null): "classes" | "masks" | null {
  if (task?.endsWith("classification")) return "classes";
  return task === "segmentation" || task === "semantic-segmentation"
    ? "masks"
    : null;
}

/** One score for each class in each row. */
function isScores({ dtype, dims }: Tensor): boolean {
  return isFloat(dtype) && dims.length === 2 && (dims[1] ?? 0) > 1;
}

/** Of the first row; NaN comes last. */
function bestOf(tensor: Tensor): [number, number][] {
  const [rows = 0, channels = 0] = tensor.dims;
  if (rows === 0) return [];

  const values = numbersOf(tensor);
  const row = Array.from({ length: channels }, (_, label): [number, number] => [
    label,
    values[label] ?? Number.NaN,
  ]);
  const finite = row.filter(([, score]) => Number.isFinite(score));

  return finite
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, BEST)
    .map(([label, score]) => [label, Number(score.toPrecision(6))]);
}
