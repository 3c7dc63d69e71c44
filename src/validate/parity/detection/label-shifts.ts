import { type Box, cornerDistance } from "../../detection/boxes.ts";
import { type NearBoxes, nearBoxes } from "../../detection/near-boxes.ts";

/** Part of the scale, plus difference of the scores, within which a box and another are one but for the label. */
const SAME_PLACE = 1e-3;

/** Counts how often a box of the ONNX has a label that is this much above that of the source's box in its place. */
export function addLabelShifts(
  shifts: Map<number, number>,
  onnx: readonly Box[],
  source: readonly Box[],
  scale: number,
): void {
  const near = nearBoxes(source, ({ score }) => score);
  for (const box of onnx) {
    const match = inPlaceOf(box, source, near, scale || 1);
    if (!match) continue;

    const shift = box.label - match.label;
    shifts.set(shift, (shifts.get(shift) ?? 0) + 1);
  }
}

/** The box of whatever label that lies in the same place and has the same score. */
function inPlaceOf(
  box: Box,
  source: readonly Box[],
  near: NearBoxes,
  scale: number,
): Box | null {
  let best: Box | null = null;
  let least = SAME_PLACE;

  for (const place of near.around(box, SAME_PLACE)) {
    const other = source[place] as Box;
    const gap =
      cornerDistance(box, other) / scale + Math.abs(box.score - other.score);

    if (gap < least) [best, least] = [other, gap];
  }

  return best;
}
