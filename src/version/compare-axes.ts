import { code, type Part, sentence } from "../text/message.ts";
import {
  declaredEnds,
  declaredLengths,
  type InputPort,
  NCHW,
  type Port,
} from "../validate/contract/contract.ts";
import { additive, breaking, type Change } from "./change.ts";
import type { Follows } from "./opened-axes.ts";

/** The lengths that an axis may have: from, to, and what they are a multiple of. */
interface Lengths {
  from: number;
  to: number;
  multiple: number;
}

const SPATIAL = new Set(["H", "W"]);

/**
 * What changed in the shape of an input or output of the same name. An axis that may have all the lengths that it had,
 * and more, is additive; one that lost a length is breaking. `follows`, of an output: an axis that opens with no input's
 * has lengths that no program asked for, and is breaking.
 */
export function compareAxes(
  was: Port | InputPort,
  is: Port | InputPort,
  follows: Follows | null = null,
): Change[] {
  if (was.shape.length !== is.shape.length)
    return [
      breaking(
        sentence`${code(is.name)} had ${axes(was)}: ${shape(was)}, has ${axes(is)}: ${shape(is)}`,
      ),
    ];

  const pairs = was.shape.map((_, axis) => ({
    axis,
    old: lengthsOf(was, axis),
    now: lengthsOf(is, axis),
  }));
  const changed = pairs.filter(({ old, now }) => !equal(old, now));
  if (changed.length === 0) return [];

  const isAsked = (axis: number) => {
    const [before, after] = [was.shape[axis], is.shape[axis]];
    const opens = typeof before === "number" && typeof after === "string";
    return !opens || follows === null || follows(after);
  };
  const make = changed.every(
    ({ axis, old, now }) => includes(now, old) && isAsked(axis),
  )
    ? additive
    : breaking;

  if (changed.some(({ axis }) => was.shape[axis] !== is.shape[axis]))
    return [
      make(sentence`${code(is.name)} was ${shape(was)}, is ${shape(is)}`),
    ];

  return changed.map(({ axis, old, now }) =>
    make(
      sentence`axis ${axis} of ${code(is.name)} took ${inWords(old)}, takes ${inWords(now)}`,
    ),
  );
}

function lengthsOf(port: Port | InputPort, axis: number): Lengths {
  const { layout = NCHW, stride } = port as InputPort;
  const size = port.shape[axis];
  if (typeof size === "number") return { from: size, to: size, multiple: 1 };

  const declared = declaredLengths(port).get(axis);
  const end = declaredEnds(port).get(axis) ?? Number.POSITIVE_INFINITY;
  const letter = layout.length === port.shape.length ? layout[axis] : null;

  return {
    from: declared?.[0] ?? 0,
    to: declared?.at(-1) ?? end,
    multiple: SPATIAL.has(letter ?? "") ? (stride ?? 1) : 1,
  };
}

/** May the axis have each length that the other may have? */
function includes(one: Lengths, other: Lengths): boolean {
  const fits =
    other.from === other.to
      ? other.from % one.multiple === 0
      : other.multiple % one.multiple === 0;

  return one.from <= other.from && one.to >= other.to && fits;
}

function equal(a: Lengths, b: Lengths): boolean {
  return a.from === b.from && a.to === b.to && a.multiple === b.multiple;
}

function axes({ shape: { length } }: Port): string {
  return length === 1 ? "1 axis" : `${length} axes`;
}

/** `[N, 3, 224, 224]`; an open axis without a name is `?`. */
function shape({ shape: sizes }: Port): Part {
  return code(`[${sizes.map((size) => (size === "" ? "?" : size)).join(",")}]`);
}

function inWords({ from, to, multiple }: Lengths): string {
  const lengths = Number.isFinite(to) ? `${from} to ${to}` : `${from} and more`;
  return multiple > 1 ? `${lengths} in steps of ${multiple}` : lengths;
}
