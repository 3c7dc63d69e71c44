import { channelAxis, layoutOf } from "../parity/channels.ts";
import { cheapestFirst, type ReferenceCase } from "../references.ts";

/** What the float rule asks for: values a channel, and cases by rank. */
const ENOUGH_VALUES = 8;
const ENOUGH_CASES = { few: 3, dense: 2 };

/** Cases that the rule needs to judge these inner tensors, cheapest first: a run with them is a run more. */
export function casesFor(names: readonly string[], cases: readonly ReferenceCase[]): ReferenceCase[] {
  const needs = names.map((name) => needOf(name, cases));
  const chosen: ReferenceCase[] = [];
  for (const one of cheapestFirst(cases)) {
    const helps = needs.filter((need) => need.isOpen() && one.inner.fp32.has(need.name));
    if (helps.length === 0) continue;
    for (const need of helps) need.add(one);
    chosen.push(one);
  }
  return chosen;
}

interface Need {
  name: string;
  isOpen(): boolean;
  add(one: ReferenceCase): void;
}

function needOf(name: string, cases: readonly ReferenceCase[]): Need {
  const shapes = innerShapes(name, cases);
  const axis = channelAxis(shapes, null);
  let values = 0;
  let taken = 0;
  const enough = (shapes[0]?.length ?? 0) <= 2 ? ENOUGH_CASES.few : ENOUGH_CASES.dense;
  return {
    name,
    isOpen: () => values < ENOUGH_VALUES || taken < enough,
    add({ inner }) {
      const { outer, inner: rest } = layoutOf(inner.fp32.get(name)?.dims ?? [], axis);
      values += outer * rest;
      taken += 1;
    },
  };
}

export function innerShapes(name: string, cases: readonly ReferenceCase[]): number[][] {
  const entries = cases.map(({ inner }) => inner.fp64.get(name) ?? inner.fp32.get(name));
  return entries.flatMap((entry) => (entry ? [entry.dims] : []));
}
