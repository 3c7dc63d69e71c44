import {
  isFloat,
  numbersOf,
  sameShape,
  type Tensor,
} from "../evidence/tensor.ts";

/** Both sides' classes of the first picture of a case, in a grid that may be coarser than the map. */
export interface MaskPicture {
  case: string;
  output: string;
  /** Of the grid. */
  width: number;
  height: number;
  /** Row by row, `label*count` with spaces between, e.g. `0*120 3*8`. */
  source: string;
  edge: string;
  /** 1 where any pixel of the cell differs, in the same form. */
  apart: string;
  /** Pixels of the map, and how many of them differ. */
  pixels: number;
  different: number;
}

/** Cells along the longer side; a map that would be written too long becomes coarser. */
const SIDES = [160, 80, 40, 20];
const LONGEST = 24_000;
/** From this score on a map of one channel is of its class. */
const HALF = 0.5;

interface Labels {
  width: number;
  height: number;
  at: ArrayLike<number>;
}

/** Null where the output is not a map of classes: [N, 1, H, W] or [N, H, W] of labels, [N, C, H, W] of scores. */
export function maskPicture(
  place: { case: string; output: string },
  onnx: Tensor,
  source: Tensor,
): MaskPicture | null {
  if (!sameShape(onnx.dims, source.dims)) return null;
  const [ours, theirs] = [labelsOf(onnx), labelsOf(source)];
  if (!ours || !theirs) return null;

  const pixels = ours.width * ours.height;
  let different = 0;
  for (let at = 0; at < pixels; at++)
    different += Number(ours.at[at] !== theirs.at[at]);

  for (const side of SIDES) {
    const drawn = gridsOf(ours, theirs, side);
    const length = drawn.source.length + drawn.edge.length + drawn.apart.length;
    if (length <= LONGEST || side === SIDES.at(-1))
      return { ...place, ...drawn, pixels, different };
  }

  return null;
}

function labelsOf(tensor: Tensor): Labels | null {
  const { dims, dtype } = tensor;
  const [height = 0, width = 0] = dims.slice(-2);
  const channels = dims.length === 4 ? (dims[1] ?? 0) : 1;
  const isMap = dims.length === 3 || dims.length === 4;
  if (!isMap || dims[0] === 0 || channels * height * width === 0) return null;

  const values = numbersOf(tensor);
  if (!isFloat(dtype))
    return channels === 1 ? { width, height, at: values } : null;

  const size = width * height;
  const at = new Float64Array(size);
  for (let pixel = 0; pixel < size; pixel++)
    at[pixel] =
      channels === 1
        ? Number((values[pixel] ?? 0) >= HALF)
        : bestChannel(values, { pixel, size, channels });

  return { width, height, at };
}

function bestChannel(
  values: ArrayLike<number>,
  { pixel, size, channels }: { pixel: number; size: number; channels: number },
): number {
  let best = 0;
  for (let channel = 1; channel < channels; channel++)
    if (
      (values[channel * size + pixel] ?? 0) > (values[best * size + pixel] ?? 0)
    )
      best = channel;

  return best;
}

type Grids = Pick<
  MaskPicture,
  "width" | "height" | "source" | "edge" | "apart"
>;

/** A cell shows the class of its middle, and differs where any of its pixels does. */
function gridsOf(ours: Labels, theirs: Labels, side: number): Grids {
  const step = Math.max(1, Math.max(ours.width, ours.height) / side);
  const width = Math.max(1, Math.round(ours.width / step));
  const height = Math.max(1, Math.round(ours.height / step));
  const grid = { width, height };

  return {
    ...grid,
    source: runsOf(middles(theirs, grid)),
    edge: runsOf(middles(ours, grid)),
    apart: runsOf(differing(ours, theirs, grid)),
  };
}

function middles(
  { width, height, at }: Labels,
  grid: { width: number; height: number },
): number[] {
  return Array.from({ length: grid.width * grid.height }, (_, cell) => {
    const row = Math.floor(cell / grid.width);
    const y = Math.floor(((row + 0.5) * height) / grid.height);
    const x = Math.floor((((cell % grid.width) + 0.5) * width) / grid.width);
    return at[y * width + x] ?? 0;
  });
}

function differing(
  ours: Labels,
  { at }: Labels,
  grid: { width: number; height: number },
): number[] {
  const cells = new Array<number>(grid.width * grid.height).fill(0);
  for (let pixel = 0; pixel < ours.width * ours.height; pixel++) {
    if (ours.at[pixel] === at[pixel]) continue;
    const y = Math.floor(pixel / ours.width);
    const row = Math.floor((y * grid.height) / ours.height);
    const column = Math.floor(((pixel % ours.width) * grid.width) / ours.width);
    cells[row * grid.width + column] = 1;
  }

  return cells;
}

/** Equal neighbours as one, across the ends of rows too. */
function runsOf(cells: readonly number[]): string {
  const runs: string[] = [];
  for (let from = 0; from < cells.length; ) {
    let to = from;
    while (to < cells.length && cells[to] === cells[from]) to += 1;
    runs.push(`${cells[from]}*${to - from}`);
    from = to;
  }

  return runs.join(" ");
}
