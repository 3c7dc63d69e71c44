import { assign } from "./assignment.ts";
import { type Box, cornerDistance, longestSide } from "./boxes.ts";
import { matchByScore } from "./match-by-score.ts";
import { nearBoxes } from "./near-boxes.ts";

export interface Matching {
  pairs: { left: Box; right: Box }[];
  onlyLeft: Box[];
  onlyRight: Box[];
}

/** Boxes of both sides. */
interface Sides {
  left: Box[];
  right: Box[];
}

/** What it costs to take two boxes for one: 0 to 1, or `APART`. */
type PairCost = (left: Box, right: Box) => number;

/** Two boxes can be the same where no corner is farther away than this part of the longer side, or of the picture. */
const GATE_OF_SIDE = 0.02;
const GATE_OF_SCALE = 1e-3;
/** Costs more than any pair inside the gate, so that as many pairs as possible are made. */
const APART = 2;
/** Beyond so many pairs of a group the optimal assignment takes too long. */
const LARGEST_GROUP = 400 * 400;

/**
 * Pairs the boxes of one image, label by label, by optimal assignment within each group of boxes that lie near each
 * other; in a group of many hundreds by score. `scale` is the largest coordinate. Boxes are finite.
 */
export function matchBoxes(
  ones: readonly Box[],
  others: readonly Box[],
  scale: number,
): Matching {
  const result: Matching = { pairs: [], onlyLeft: [], onlyRight: [] };
  const cost: PairCost = (left, right) => pairCost(left, right, scale);

  for (const sides of byLabel(ones, others).values())
    for (const group of groupsOf(sides, scale)) matchGroup(group, cost, result);

  return result;
}

function byLabel(
  ones: readonly Box[],
  others: readonly Box[],
): Map<number, Sides> {
  const labels = new Map<number, Sides>();
  const sidesOf = (label: number) => {
    const sides = labels.get(label) ?? { left: [], right: [] };
    labels.set(label, sides);
    return sides;
  };

  for (const box of ones) sidesOf(box.label).left.push(box);
  for (const box of others) sidesOf(box.label).right.push(box);

  return labels;
}

/** Boxes that can be one, and all that hang together by that: no pair of two groups can be made. */
function groupsOf({ left, right }: Sides, scale: number): Sides[] {
  const near = nearBoxes(right);
  const widest = right.reduce(
    (most, box) => Math.max(most, longestSide(box)),
    0,
  );

  const groups = new Groups(left.length + right.length);
  for (const [row, box] of left.entries()) {
    const reach = Math.max(
      GATE_OF_SIDE * Math.max(widest, longestSide(box)),
      GATE_OF_SCALE * scale,
    );

    for (const column of near.around(box, reach)) {
      const member = left.length + column;
      if (groups.of(row) === groups.of(member)) continue;
      if (pairCost(box, right[column] as Box, scale) < APART)
        groups.join(row, member);
    }
  }

  const found = new Map<number, Sides>();
  const sidesOf = (member: number) => {
    const first = groups.of(member);
    const sides = found.get(first) ?? { left: [], right: [] };
    found.set(first, sides);
    return sides;
  };

  for (const [row, box] of left.entries()) sidesOf(row).left.push(box);
  for (const [column, box] of right.entries())
    sidesOf(left.length + column).right.push(box);

  return [...found.values()];
}

/** Disjoint sets of the numbers below `size`. */
class Groups {
  readonly #parent: Int32Array;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, member) => member);
  }

  /** The number that stands for its group. */
  of(member: number): number {
    let at = member;
    while (this.#parent[at] !== at) {
      const above = this.#parent[at] as number;
      this.#parent[at] = this.#parent[above] as number;
      at = above;
    }

    return at;
  }

  join(member: number, other: number): void {
    this.#parent[this.of(member)] = this.of(other);
  }
}

function matchGroup(
  { left, right }: Sides,
  cost: PairCost,
  result: Matching,
): void {
  const matches =
    left.length * right.length > LARGEST_GROUP
      ? matchByScore(left, right, cost)
      : matchOptimally(left, right, cost);

  const taken = new Set<Box>();
  for (const [row, box] of left.entries()) {
    const match = matches[row];
    if (match) {
      result.pairs.push({ left: box, right: match });
      taken.add(match);
    } else result.onlyLeft.push(box);
  }

  result.onlyRight.push(...right.filter((box) => !taken.has(box)));
}

/** The match of each box of the left, or none. */
function matchOptimally(
  left: readonly Box[],
  right: readonly Box[],
  cost: PairCost,
): (Box | undefined)[] {
  const costs = new Float64Array(left.length * right.length);
  for (const [row, box] of left.entries())
    for (const [column, other] of right.entries())
      costs[row * right.length + column] = cost(box, other);

  const columns = assign(costs, left.length, right.length);

  return left.map((_, row) => {
    const column = columns[row] ?? -1;
    const isPair =
      column >= 0 && (costs[row * right.length + column] ?? APART) < APART;

    return isPair ? right[column] : undefined;
  });
}

/** Coordinates may be so large that their difference is not a number: then the boxes are apart. */
function pairCost(left: Box, right: Box, scale: number): number {
  const gate = Math.max(
    GATE_OF_SIDE * Math.max(longestSide(left), longestSide(right)),
    GATE_OF_SCALE * scale,
  );

  const distance = cornerDistance(left, right);
  if (distance === 0) return 0;

  const part = distance / gate;

  return part <= 1 ? part : APART;
}
