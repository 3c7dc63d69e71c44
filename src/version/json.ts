import { isDeepStrictEqual } from "node:util";

/** A JSON object whose keys nobody has looked at. */
export type Json = Readonly<Record<string, unknown>>;

/** Equal as documents: the order of keys is nothing, and null is the same as left out. */
export function sameJson(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(withoutNulls(a), withoutNulls(b));
}

/** Keys of either, in the order in which they are met, but for those of `known`. */
export function otherKeys(
  known: ReadonlySet<string>,
  ...objects: readonly Json[]
): string[] {
  const keys = new Set(objects.flatMap((object) => Object.keys(object)));
  return [...keys].filter((key) => !known.has(key));
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value ?? undefined;

  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== null && entry !== undefined)
      .map(([key, entry]) => [key, withoutNulls(entry)]),
  );
}
