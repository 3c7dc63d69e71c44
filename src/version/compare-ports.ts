import { code, type Part, sentence } from "../text/message.ts";
import { NCHW, type Port } from "../validate/contract/contract.ts";
import { additive, breaking, type Change, wasIs } from "./change.ts";
import { compareAxes } from "./compare-axes.ts";
import { type Json, otherKeys, sameJson } from "./json.ts";
import type { Follows } from "./opened-axes.ts";

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
  "optional",
]);
/** What a key means where it is left out; null: nothing is known. */
const DEFAULTS: Json = { label_offset: 0 };

/**
 * What changed in the inputs, or in the outputs: programs ask for them by name and by position. A new output behind
 * the others is additive, and so is a new input there that may be left out (`optional: true`); each other change of the
 * list is breaking. `follows`: see `compareAxes`; null for inputs.
 */
export function comparePorts(
  side: Side,
  was: readonly Port[],
  is: readonly Port[],
  follows: Follows | null,
): Change[] {
  const pairs = pair(was, is);
  const kept = pairs.filter(({ old, now }) => old && now);
  const last = Math.max(-1, ...kept.map(({ place }) => place));

  return [
    ...pairs.flatMap(({ old, now, place }) => {
      if (!old) return now ? [added(side, now, place > last)] : [];
      if (!now) return [breaking(sentence`${side} ${code(old.name)} is gone`)];
      return comparePair(side, old, now, follows);
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

function comparePair(
  side: Side,
  old: Port,
  now: Port,
  follows: Follows | null,
): Change[] {
  const renamed =
    old.name === now.name
      ? []
      : [
          breaking(
            sentence`${side} ${code(old.name)} is now ${code(now.name)}`,
          ),
        ];

  return [
    ...renamed,
    ...compareAxes(old, now, follows),
    ...compareOptional(old, now),
    ...compareKeys(old, now),
  ];
}

/** An input that had to be fed, and may now be left out, asks nothing of a program. */
function compareOptional(old: Port, now: Port): Change[] {
  const [before, after] = [isOptional(old), isOptional(now)];
  if (before === after) return [];

  return after
    ? [additive(sentence`${code(now.name)} may now be left out`)]
    : [breaking(sentence`${code(now.name)} may no longer be left out`)];
}

function isOptional(port: Port): boolean {
  return (port as { optional?: unknown }).optional === true;
}

/** Type, layout, activation, and whatever else an engine says of it. */
function compareKeys(old: Port, now: Port): Change[] {
  const before = filled(old);
  const after = filled(now);

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

/** With what a key that is left out means. */
function filled(port: Port): Json {
  const layout = port.shape.length === NCHW.length ? { layout: NCHW } : {};
  const said = Object.entries(port).filter(([, value]) => value !== null);

  return { ...DEFAULTS, ...layout, ...Object.fromEntries(said) };
}

function added(side: Side, port: Port, behind: boolean): Change {
  const parts: Part[] = sentence`${side} ${code(port.name)} is new`;
  const asksNothing = side === "output" || isOptional(port);

  return asksNothing && behind ? additive(parts) : breaking(parts);
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
