import type { Json } from "./json.ts";

/** Keys that no program reads: a changed one changes nothing for it. */
const WORDS = new Set([
  "$schema",
  "$comment",
  "author",
  "authors",
  "comment",
  "comments",
  "description",
  "doc",
  "doc_string",
  "license",
  "note",
  "notes",
  "title",
]);

/** A contract without the words that engines add for people, at any depth. */
export function withoutWords(contract: Json): Json {
  return cleaned(contract) as Json;
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== "object" || value === null) return value;

  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !WORDS.has(key))
      .map(([key, inner]) => [key, cleaned(inner)]),
  );
}
