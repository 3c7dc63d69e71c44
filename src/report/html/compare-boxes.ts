import { type Box, scoreOf } from "./box.ts";

/** A box of one side, and whether the other side has one that looks the same. */
export interface SeenBox {
  box: Box;
  isShared: boolean;
}

/** Both sides of a picture, in their own order. */
export interface ComparedBoxes {
  source: SeenBox[];
  edge: SeenBox[];
}

/** Pixels of the input: nearer corners lie at the same place for the eye. */
const SAME_PLACE = 1;
/** Nearer scores read the same with two digits. */
const SAME_SCORE = 0.01;

/**
 * Which boxes look the same on both sides: of the same class, each corner within a pixel, the score within 0.01. It is
 * what an eye would see in the picture, and no verdict.
 */
export function compareBoxes(
  source: readonly Box[],
  edge: readonly Box[],
): ComparedBoxes {
  const free = new Set(edge);
  const shared = new Set<Box>();

  for (const box of source) {
    const match = [...free].find((other) => looksSame(box, other));
    if (!match) continue;
    free.delete(match);
    shared.add(box);
  }

  return {
    source: source.map((box) => ({ box, isShared: shared.has(box) })),
    edge: edge.map((box) => ({ box, isShared: !free.has(box) })),
  };
}

/** Boxes of either side that the other one does not have. */
export function differences({ source, edge }: ComparedBoxes): number {
  return [...source, ...edge].filter(({ isShared }) => !isShared).length;
}

function looksSame(a: Box, b: Box): boolean {
  return (
    a[5] === b[5] &&
    Math.abs(scoreOf(a) - scoreOf(b)) <= SAME_SCORE &&
    [0, 1, 2, 3].every(
      (corner) => Math.abs((a[corner] ?? 0) - (b[corner] ?? 0)) <= SAME_PLACE,
    )
  );
}
