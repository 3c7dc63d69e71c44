import { code, type Part, sentence } from "../message.ts";
import type { Port } from "../validate/contract/contract.ts";
import { additive, breaking, type Change, wasIs } from "./change.ts";
import { compareAxes } from "./compare-axes.ts";
import { type Json, otherKeys, sameJson } from "./json.ts";

export type Side = "input" | "output";

/** Compared as lengths of axes, or words for people. */
const NOT_ALONE = new Set([
  "name",
  "shape",
  "stride",
  "b",
  "h",
  "w",
  "max",
  "fixed",
]);

/**
 * What changed in the inputs, or in the outputs: programs ask for them by name and by position. A new output behind
 * the others is additive; each other change of the list is breaking.
 */
export function comparePorts(
  side: Side,
  was: readonly Port[],
  is: readonly Port[],
): Change[] {
  const pairs = pair(was, is);
  const kept = pairs.filter(({ old, now }) => old && now);

  return [
    ...pairs.flatMap(({ old, now, place }) => {
      if (!old) return now ? [added(side, now, place >= was.length)] : [];
      if (!now) return [breaking(sentence`${side} ${code(old.name)} is gone`)];
      return comparePair(side, old, now);
    }),
    ...(inOrder(kept.map(({ place }) => place)) ? [] : [reordered(side, is)]),
  ];
}

interface Pair {
  old: Port | null;
  now: Port | null;
  /** Where the new one stands; where the old one stood, if it is gone. */
  place: number;
}

/** By name; what has another name in the same place was renamed. The old order first, then what is new. */
function pair(was: readonly Port[], is: readonly Port[]): Pair[] {
  const names = new Set(was.map(({ name }) => name));
  const places = new Map(is.map(({ name }, place) => [name, place]));

  const pairs = was.map((old, at): Pair => {
    const renamed = is[at] && !names.has(is[at].name) ? at : undefined;
    const place = places.get(old.name) ?? renamed;

    return place === undefined
      ? { old, now: null, place: at }
      : { old, now: is[place] ?? null, place };
  });

  const taken = new Set(pairs.map(({ now }) => now));
  const fresh = is
    .map((now, place): Pair => ({ old: null, now, place }))
    .filter(({ now }) => !taken.has(now));

  return [...pairs, ...fresh];
}

function comparePair(side: Side, old: Port, now: Port): Change[] {
  const renamed =
    old.name === now.name
      ? []
      : [
          breaking(
            sentence`${side} ${code(old.name)} is now ${code(now.name)}`,
          ),
        ];

  return [...renamed, ...compareAxes(old, now), ...compareKeys(old, now)];
}

/** Type, layout, activation, and whatever else an engine says of it. */
function compareKeys(old: Port, now: Port): Change[] {
  const before = old as unknown as Json;
  const after = now as unknown as Json;

  return otherKeys(NOT_ALONE, before, after)
    .filter((key) => !sameJson(before[key], after[key]))
    .map((key) =>
      breaking(
        wasIs(
          sentence`${code(key)} of ${code(now.name)}`,
          before[key],
          after[key],
        ),
      ),
    );
}

function added(side: Side, { name }: Port, behind: boolean): Change {
  const parts: Part[] = sentence`${side} ${code(name)} is new`;
  return side === "output" && behind ? additive(parts) : breaking(parts);
}

function inOrder(places: readonly number[]): boolean {
  return places.every((place, at) => at === 0 || place > (places[at - 1] ?? 0));
}

function reordered(side: Side, is: readonly Port[]): Change {
  const names = is.map(({ name }) => name).join(", ");
  return breaking(
    sentence`the ${side}s have a different order: ${code(names)}`,
  );
}
