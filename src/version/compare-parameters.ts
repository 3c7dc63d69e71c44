import { code, sentence } from "../message.ts";
import { additive, breaking, type Change, wasIs } from "./change.ts";
import { type Json, sameJson } from "./json.ts";

/** A model's `*.param.yaml`: sha256 (64 hex) of its bytes, and what it says. */
export interface ParameterFacts {
  sha256: string;
  values: Json;
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

  if (changed.length === 0)
    return [breaking(sentence`${FILE} is written in another way`)];
  return more > 0
    ? [...named, breaking(sentence`${more} more parameters have other values`)]
    : named;
}

/** Values by their names with dots; a list is one value. */
function leaves(values: Json, before = ""): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, value] of Object.entries(values)) {
    const path = before + name;
    const isMap =
      typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isMap) found.set(path, value);
    else
      for (const [inner, each] of leaves(value as Json, `${path}.`))
        found.set(inner, each);
  }

  return found;
}
