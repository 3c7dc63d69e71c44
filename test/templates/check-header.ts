import {
  type Component,
  type InputSpec,
  problemsOfValue,
  typeOf,
} from "./component.ts";
import { usedInputs } from "./interpolate.ts";

const KEYS = new Set(["description", "type", "default", "options", "regex"]);
const TYPES = new Set(["string", "number", "boolean", "array"]);

/** What GitLab's schema does not notice in a header; one line per problem. */
export function headerProblems(component: Component): string[] {
  const { header, body } = component;
  const extra = [
    ...Object.keys(header).filter((key) => key !== "spec"),
    ...Object.keys(header.spec).filter((key) => key !== "inputs"),
  ].map((key) => `${key}: unknown key of the header`);
  const inputs = Object.entries(header.spec.inputs);
  const used = new Set(usedInputs(body));
  const declared = new Set(inputs.map(([name]) => name));
  return [
    ...extra,
    ...inputs.flatMap(([name, spec]) => inputProblems(name, spec)),
    ...[...declared]
      .filter((name) => !used.has(name))
      .map((name) => `${name}: declared and not used`),
    ...[...used]
      .filter((name) => !declared.has(name))
      .map((name) => `${name}: used and not declared`),
  ];
}

function inputProblems(name: string, spec: InputSpec): string[] {
  const problems = Object.keys(spec)
    .filter((key) => !KEYS.has(key))
    .map((key) => `${name}: unknown key ${key}`);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    problems.push(`${name}: not kebab-case`);
  if (!TYPES.has(typeOf(spec)))
    problems.push(`${name}: unknown type ${spec.type}`);
  if (!spec.description) problems.push(`${name}: no description`);
  if ((spec.description?.length ?? 0) > 256)
    problems.push(`${name}: description of more than 256 characters`);
  if ((spec.options?.length ?? 0) > 50)
    problems.push(`${name}: more than 50 options`);
  if (spec.options && typeOf(spec) === "boolean")
    problems.push(`${name}: a boolean has no options`);
  if (spec.regex !== undefined && typeOf(spec) !== "string")
    problems.push(`${name}: only a string has a regex`);
  // A string goes into a double-quoted scalar as it is: what could end it or count in it must be refused.
  if (typeOf(spec) === "string" && !spec.options && !isClosed(spec))
    problems.push(`${name}: its regex lets a quote or a line break through`);
  if (spec.default !== undefined)
    problems.push(...problemsOfValue(name, spec, spec.default));
  return problems;
}

/** Is every value refused that a quote or a line break was put into, at any place? */
function isClosed(spec: InputSpec): boolean {
  if (spec.regex === undefined) return false;
  const expression = new RegExp(spec.regex);
  const samples = [String(spec.default ?? ""), "a", "lakefs://a"];
  return !samples
    .flatMap((sample) =>
      ['"', "\\", "\n", "\r\n"].flatMap((bad) => withInside(sample, bad)),
    )
    .some((text) => expression.test(text));
}

function withInside(text: string, part: string): string[] {
  return [...text, ""].map(
    (_, place) => text.slice(0, place) + part + text.slice(place),
  );
}
