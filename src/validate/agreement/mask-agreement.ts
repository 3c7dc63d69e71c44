import type { Contract } from "../contract/contract.ts";
import type { Box } from "../detection/boxes.ts";
import { numbersOf, type Tensor } from "../evidence/tensor.ts";
import type { BoxPair } from "./box-agreement.ts";

/** The masks of one case: one [height, width] for each row of boxes, [image, row, height, width]. */
export interface Masks {
  tensor: Tensor;
  /** Numbers of the tensor: read once. */
  values: ArrayLike<number>;
}

/** How a device makes areas of the edge model's masks, as the contract says it. */
export interface MaskRule {
  /** `box`: a mask covers its box; `padded_input_px`: the whole input. Null where it is not said: by its size. */
  space: string | null;
  threshold: number;
}

/** Two areas are one from this overlap on: a pixel at the edge may turn over. */
const SAME_AREA = 0.9;

/** A probability from which a pixel is of the mask, where the contract says none. */
const USUAL = 0.5;

/** `name` is that of the output with the masks. */
export function maskRule(
  contract: Contract | null,
  name: string | null,
): MaskRule {
  const output = contract?.outputs.find((port) => port.name === name);

  return {
    space: output?.space ?? null,
    threshold: output?.threshold ?? USUAL,
  };
}

export function masksOf(tensor: Tensor): Masks | null {
  return tensor.dims.length === 4
    ? { tensor, values: numbersOf(tensor) }
    : null;
}

/**
 * How many pairs of boxes in `image` have masks that cover the same pixels: those of the edge model as a device makes
 * areas of them. `box` of a pair is the edge model's; pairs whose source has no mask do not count.
 */
export function sameMasks(
  pairs: readonly BoxPair[],
  image: number,
  { edge, source }: { edge: Masks; source: Masks },
  rule: MaskRule,
): { agreed: number; total: number } {
  const [, kept = 0, height = 0, width = 0] = source.tensor.dims;
  const counted = pairs.filter(({ match }) => match.row < kept);

  const agreed = counted.filter(({ box, match }) => {
    const covers = coverOf(edge, image, box, { height, width, ...rule });
    const from = (image * kept + match.row) * height * width;

    return overlap(covers, source.values, from, { height, width }) >= SAME_AREA;
  });

  return { agreed: agreed.length, total: counted.length };
}

interface Size {
  height: number;
  width: number;
}

type Cover = (x: number, y: number) => boolean;

/** Whether a pixel of the input is of the box's mask. */
function coverOf(
  { tensor, values }: Masks,
  image: number,
  box: Box,
  { height, width, space, threshold }: Size & MaskRule,
): Cover {
  const [, rows = 0, tall = 0, wide = 0] = tensor.dims;
  const from = (image * rows + box.row) * tall * wide;
  const at = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < wide && y < tall
      ? (values[from + y * wide + x] as number)
      : 0;

  const isWhole =
    space === null ? tall === height && wide === width : space !== "box";
  if (isWhole) return (x, y) => at(x, y) >= threshold;

  const [left = 0, top = 0, right = 0, bottom = 0] = box.corners;
  const pixel = { x: wide / (right - left), y: tall / (bottom - top) };

  return (x, y) =>
    between(
      at,
      (x + 0.5 - left) * pixel.x - 0.5,
      (y + 0.5 - top) * pixel.y - 0.5,
    ) >= threshold;
}

/** Bilinear, and 0 outside, as the field resizes masks to their boxes. */
function between(
  at: (x: number, y: number) => number,
  x: number,
  y: number,
): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [right, below] = [x - column, y - row];

  return (
    (1 - below) *
      ((1 - right) * at(column, row) + right * at(column + 1, row)) +
    below *
      ((1 - right) * at(column, row + 1) + right * at(column + 1, row + 1))
  );
}

/** Intersection over union; 1 where both cover nothing. */
function overlap(
  covers: Cover,
  source: ArrayLike<number>,
  from: number,
  { height, width }: Size,
): number {
  let [both, any] = [0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [ours, theirs] = [covers(x, y), source[from + y * width + x] !== 0];
      both += Number(ours && theirs);
      any += Number(ours || theirs);
    }

  return any === 0 ? 1 : both / any;
}
