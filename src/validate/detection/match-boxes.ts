import { assign } from "./assignment.ts";
import { type Box, cornerDistance, longestSide } from "./boxes.ts";

export interface Matching {
  pairs: { one: Box; other: Box }[];
  onlyOne: Box[];
  onlyOther: Box[];
}

/** Two boxes can be the same where no corner is farther away than this part of the longer side, or of the picture. */
const GATE_OF_SIDE = 0.02;
const GATE_OF_SCALE = 1e-3;
/** Costs more than any pair inside the gate, so that as many pairs as possible are made. */
const APART = 2;

/** Pairs the boxes of one image, label by label, by optimal assignment. `scale` is the largest coordinate. */
export function matchBoxes(
  ones: readonly Box[],
  others: readonly Box[],
  scale: number,
): Matching {
  const result: Matching = { pairs: [], onlyOne: [], onlyOther: [] };
  for (const label of new Set([...ones, ...others].map((box) => box.label))) {
    const left = ones.filter((box) => box.label === label);
    const right = others.filter((box) => box.label === label);
    matchLabel(left, right, scale, result);
  }

  return result;
}

function matchLabel(
  left: Box[],
  right: Box[],
  scale: number,
  result: Matching,
): void {
  const cost = Float64Array.from(
    { length: left.length * right.length },
    (_, index) => {
      const one = left[Math.floor(index / right.length)];
      const other = right[index % right.length];
      return one && other ? pairCost(one, other, scale) : APART;
    },
  );

  const taken = new Set<Box>();

  for (const [row, column] of assign(
    cost,
    left.length,
    right.length,
  ).entries()) {
    const [one, other] = [left[row], right[column]];
    if (!one) continue;

    if (other && (cost[row * right.length + column] ?? APART) < APART) {
      result.pairs.push({ one, other });
      taken.add(other);
    } else result.onlyOne.push(one);
  }

  result.onlyOther.push(...right.filter((box) => !taken.has(box)));
}

function pairCost(one: Box, other: Box, scale: number): number {
  const gate = Math.max(
    GATE_OF_SIDE * Math.max(longestSide(one), longestSide(other)),
    GATE_OF_SCALE * scale,
  );

  const distance = cornerDistance(one, other);
  if (distance === 0) return 0;

  return distance <= gate ? distance / gate : APART;
}
