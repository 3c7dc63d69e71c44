import { type Component, problemsOfValue } from "./component.ts";

const BLOCK = /\$\[\[([^\]]*)\]\]/g;

/** Names of the inputs that a text uses, in order, each as often as it is used. */
export function usedInputs(text: string): string[] {
  return [...text.matchAll(BLOCK)].map(([, inside = ""]) =>
    inside.trim().replace(/^inputs\./, ""),
  );
}

/**
 * The body with its inputs filled in, as GitLab does it: a string goes into the text as it is, anything else as JSON.
 * Throws with all problems: unknown and missing inputs, values that do not fit.
 */
export function interpolate(
  { header, body }: Component,
  given: Record<string, unknown>,
): string {
  const { inputs } = header.spec;
  const problems = Object.keys(given)
    .filter((name) => !(name in inputs))
    .map((name) => `${name}: no such input`);
  const values = new Map<string, string>();
  for (const [name, spec] of Object.entries(inputs)) {
    const value = name in given ? given[name] : spec.default;
    if (value === undefined)
      problems.push(`${name}: required value has not been provided`);
    else problems.push(...problemsOfValue(name, spec, value));
    values.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return body.replaceAll(
    BLOCK,
    (block, inside: string) =>
      values.get(inside.trim().replace(/^inputs\./, "")) ?? block,
  );
}
