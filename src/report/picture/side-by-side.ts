import { type BoxPair, drawnBoxes } from "../html/boxes.ts";
import { compareBoxes, differences } from "../html/compare-boxes.ts";
import { boxPairsOf } from "../parity-details.ts";
import type { ReportModel } from "../report-model.ts";
import { decodePng, encodePng, type Pixels } from "./png.ts";

/** Columns between the two pictures. */
const GAP = 8;
/** Pixels of a box's line. */
const LINE = 2;
const COLOURS = [
  [255, 212, 59],
  [77, 171, 247],
  [255, 135, 135],
  [105, 219, 124],
  [218, 119, 242],
  [255, 169, 77],
] as const;

/**
 * One picture of a detector: what its source finds, left, and what the edge model finds, right, as PNG. Of several
 * samples the one in which most boxes differ. Null where there is no such sample.
 */
export function sideBySide({
  verdict,
  previews,
}: ReportModel): Uint8Array<ArrayBuffer> | null {
  const pairs = verdict ? boxPairsOf(verdict) : [];
  const known = pairs.flatMap((pair) => {
    const preview = previews.find((candidate) => candidate.case === pair.case);
    const pixels = preview && decodePng(preview.png);
    return pixels ? [{ pair, pixels }] : [];
  });
  const [first] = known.toSorted(
    (a, b) => differenceOf(b.pair) - differenceOf(a.pair),
  );

  return first ? encodePng(beside(first.pair, first.pixels)) : null;
}

function differenceOf({ source, edge }: BoxPair): number {
  return differences(compareBoxes(source, edge));
}

function beside(pair: BoxPair, { width, height, rgb }: Pixels): Pixels {
  const both: Pixels = {
    width: width * 2 + GAP,
    height,
    rgb: new Uint8Array((width * 2 + GAP) * height * 3).fill(255),
  };

  for (let y = 0; y < height; y += 1) {
    const row = rgb.subarray(y * width * 3, (y + 1) * width * 3);
    both.rgb.set(row, y * both.width * 3);
    both.rgb.set(row, (y * both.width + width + GAP) * 3);
  }

  const compared = compareBoxes(pair.source, pair.edge);
  for (const { box } of drawnBoxes(compared.source, pair, false))
    drawBox(both, box, { left: 0, width });
  for (const { box } of drawnBoxes(compared.edge, pair, false))
    drawBox(both, box, { left: width + GAP, width });

  return both;
}

/** The lines of one box, inside of its half. */
function drawBox(
  target: Pixels,
  box: readonly number[],
  half: { left: number; width: number },
): void {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, , label = 0] = box;
  const inside = (value: number, most: number) =>
    Math.min(most, Math.max(0, Math.round(value) || 0));
  const left = inside(Math.min(x1, x2), half.width - 1);
  const right = inside(Math.max(x1, x2), half.width - 1);
  const top = inside(Math.min(y1, y2), target.height - 1);
  const bottom = inside(Math.max(y1, y2), target.height - 1);
  const colour = COLOURS[Math.abs(Math.trunc(label) || 0) % COLOURS.length];

  for (let y = top; y <= bottom; y += 1)
    for (let x = left; x <= right; x += 1) {
      const edge = Math.min(x - left, right - x, y - top, bottom - y);
      if (edge < LINE)
        target.rgb.set(colour ?? [], (y * target.width + half.left + x) * 3);
    }
}
