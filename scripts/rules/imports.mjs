// What a TypeScript file imports, read from its text.
import { posix } from "node:path";
import { lineAt } from "./sources.mjs";

const STATIC =
  /^(?:import|export)\s+(type\s)?\s*([^;"']*?)\s*(?:\bfrom\s+)?"(\.[^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"(\.[^"]+)"/g;

/**
 * Relative imports of a file: `{to, line, isType}`, `to` as a path from the
 * root. A dynamic import and `typeof import(…)` count as values.
 */
export function importsOf(path, text) {
  const place = (match, specifier) => ({
    to: posix.join(posix.dirname(path), specifier),
    line: lineAt(text, match.index),
  });

  const fixed = [...text.matchAll(STATIC)].map((match) => ({
    ...place(match, match[3]),
    isType: Boolean(match[1]) || hasOnlyTypes(match[2]),
  }));
  const dynamic = [...text.matchAll(DYNAMIC)].map((match) => ({
    ...place(match, match[1]),
    isType: false,
  }));
  return [...fixed, ...dynamic];
}

/** `{ type A, type B }`: every name is marked as a type. */
function hasOnlyTypes(clause) {
  const names = /^\{([^}]*)\}$/
    .exec(clause.trim())?.[1]
    ?.split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  return Boolean(names?.length) && names.every((name) => /^type\s/.test(name));
}
