import { isObject } from "../document/json-object.ts";
import { code, sentence } from "../text/message.ts";
import { additive, breaking, type Change, wasIs } from "./change.ts";
import { type Json, sameJson } from "./json.ts";

/** A model's `*.param.yaml`: sha256 (64 hex) of its bytes, and what it says. */
export interface ParameterFacts {
  sha256: string;
  values: Json;
  /**
   * Paths (`a.b.2`) of whole numbers that are written as floats, such as `1.0`: ROS 2 takes no integer for them. Absent,
   * as in releases of before: nobody looked.
   */
  floats?: readonly string[];
}

/** So many parameters are named. */
const NAMED = 10;
const FILE = "the parameter file";

/** Null: there is no such file. Undefined: nobody looked for one, as in releases of before; then nothing is said. */
export function compareParameters(
  was: ParameterFacts | null | undefined,
  is: ParameterFacts | null | undefined,
): Change[] {
  if (was === undefined || is === undefined) return [];
  if (was?.sha256 === is?.sha256) return [];
  if (was === null) return [additive(sentence`${FILE} is new`)];
  if (is === null) return [breaking(sentence`${FILE} is gone`)];

  const [before, after] = [leaves(was.values), leaves(is.values)];
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => !sameJson(before.get(path), after.get(path)),
  );
  const named = changed
    .slice(0, NAMED)
    .map((path) =>
      breaking(
        wasIs(
          sentence`the parameter ${code(path)}`,
          before.get(path),
          after.get(path),
        ),
      ),
    );
  const more = changed.length - named.length;

  if (changed.length === 0) return [writtenAnew(was?.floats, is.floats)];
  return more > 0
    ? [...named, breaking(sentence`${more} more parameters have other values`)]
    : named;
}

/** The same values: comments and spelling change nothing, but `1` and `1.0` are of two types. */
function writtenAnew(
  was: readonly string[] | undefined,
  is: readonly string[] | undefined,
): Change {
  if (!was || !is) return breaking(sentence`${FILE} is written in another way`);

  const other = [
    ...was.filter((path) => !is.includes(path)),
    ...is.filter((path) => !was.includes(path)),
  ];
  const [path] = other;
  if (path === undefined)
    return {
      level: "weights",
      parts: sentence`${FILE} is written in another way, and has the same values`,
    };

  const types = is.includes(path)
    ? "an integer, is a float"
    : "a float, is an integer";
  return breaking(sentence`the parameter ${code(path)} was ${types}`);
}

/** Values by their names with dots; a list is one value. */
function leaves(values: Json, before = ""): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, value] of Object.entries(values)) {
    const path = before + name;
    if (!isObject(value)) found.set(path, value);
    else
      for (const [inner, each] of leaves(value, `${path}.`))
        found.set(inner, each);
  }

  return found;
}
