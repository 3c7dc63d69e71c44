import type { Truth } from "./truth.ts";

/**
 * A variable's value as far as it is known: a text; nothing; some name that only the pipeline knows, of which two with
 * one `name` are equal; or anything.
 */
export type Value =
  | { kind: "text"; text: string }
  | { kind: "null" }
  | { kind: "some"; name: string }
  | { kind: "unknown" };

export const NULL: Value = { kind: "null" };
export const UNKNOWN: Value = { kind: "unknown" };

export function text(value: string): Value {
  return { kind: "text", text: value };
}

export function some(name: string): Value {
  return { kind: "some", name };
}

/** As a condition of its own: it is there, and not empty. */
export function isSet(value: Value): Truth {
  if (value.kind === "unknown") return null;
  return value.kind === "text" ? value.text !== "" : value.kind === "some";
}

export function equal(a: Value, b: Value): Truth {
  if (a.kind === "unknown" || b.kind === "unknown") return null;
  if (a.kind === "null" || b.kind === "null") return a.kind === b.kind;
  if (a.kind === "text" && b.kind === "text") return a.text === b.text;

  // Which name it is, only the pipeline knows.
  return a.kind === "some" && b.kind === "some" ? a.name === b.name : null;
}

/** `/pattern/flags`; unknown where the pattern is none that we can read. */
export function matches(value: Value, pattern: Value): Truth {
  if (value.kind === "null") return false;
  if (value.kind !== "text" || pattern.kind !== "text") return null;

  const [, source, flags = ""] = /^\/(.*)\/([a-z]*)$/s.exec(pattern.text) ?? [];
  if (source === undefined) return null;

  try {
    return new RegExp(source, flags.replace(/[^i]/g, "")).test(value.text);
  } catch {
    // RE2 knows more than JavaScript.
    return null;
  }
}
