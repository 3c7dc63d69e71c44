import {
  cheapestFirst,
  elementsOf,
  type ReferenceCase,
} from "../evidence/references.ts";

/** A fault must show in one of two cases; how noisy the source is, all cases say without being run. */
const ENOUGH_CASES = 2;
/** A second case that is more than this part of all cases costs too much. */
const DEAR = 0.25;

/**
 * Cases to run for these inner tensors, cheapest first: the first and second that some tensor has, and further ones as
 * long as all together feed no more than `room` elements.
 */
export function casesFor(
  names: readonly string[],
  cases: readonly ReferenceCase[],
  room: number,
): ReferenceCase[] {
  const all = cases.reduce((sum, { inputs }) => sum + elementsOf(inputs), 0);
  const counts = new Map(names.map((name) => [name, 0]));
  const chosen: ReferenceCase[] = [];
  let fed = 0;

  for (const referenceCase of cheapestFirst(cases)) {
    const held = names.filter((name) =>
      referenceCase.intermediate.fp32.has(name),
    );
    const size = elementsOf(referenceCase.inputs);
    const enough = size > DEAR * all ? 1 : ENOUGH_CASES;
    const isNeeded = held.some((name) => (counts.get(name) ?? 0) < enough);
    if (!isNeeded && (held.length === 0 || fed + size > room)) continue;

    for (const name of held) counts.set(name, (counts.get(name) ?? 0) + 1);
    fed += size;
    chosen.push(referenceCase);
  }

  return chosen;
}

export function intermediateShapes(
  name: string,
  cases: readonly ReferenceCase[],
): number[][] {
  const entries = cases.map(
    ({ intermediate }) =>
      intermediate.fp64.get(name) ?? intermediate.fp32.get(name),
  );
  return entries.flatMap((entry) => (entry ? [entry.dims] : []));
}
