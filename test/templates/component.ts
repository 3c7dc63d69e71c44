import { readdirSync, readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

/** The header of a component's file: what GitLab reads before it fills in the inputs. */
export interface Header {
  spec: { inputs: Record<string, InputSpec> };
}

export interface InputSpec {
  description?: string;
  type?: string;
  default?: unknown;
  options?: unknown[];
  regex?: string;
}

/** A component: its header as data, its body as text, since GitLab fills inputs into the text. */
export interface Component {
  header: Header;
  body: string;
}

const FOLDER = new URL("../../templates/", import.meta.url);
export const CONVERT = new URL("convert.yml", FOLDER);
/** File names of all components. */
export const COMPONENTS = readdirSync(FOLDER);

export function componentFile(name: string): URL {
  return new URL(name, FOLDER);
}

export function readComponent(file: URL): Component {
  return splitComponent(readFileSync(file, "utf8"));
}

export function splitComponent(text: string): Component {
  const documents = parseAllDocuments(text);
  const end = /^---$/m.exec(text);
  if (documents.length !== 2 || !end)
    throw new Error(
      "a component is a header, a line of exactly ---, and a body",
    );
  for (const document of documents)
    for (const error of document.errors) throw error;
  return {
    header: documents[0]?.toJS() as Header,
    body: text.slice(end.index + 4),
  };
}

export function typeOf(spec: InputSpec): string {
  return spec.type ?? "string";
}

/** Does a value fit its type, options and expression? One line per problem. */
export function problemsOfValue(
  name: string,
  spec: InputSpec,
  value: unknown,
): string[] {
  const type = typeOf(spec);
  const actual = Array.isArray(value) ? "array" : typeof value;
  if (actual !== type)
    return [`${name}: ${JSON.stringify(value)} is not a ${type}`];
  const problems: string[] = [];
  if (spec.options && !spec.options.includes(value))
    problems.push(`${name}: ${JSON.stringify(value)} is not an option`);
  if (spec.regex && !new RegExp(spec.regex).test(String(value)))
    problems.push(
      `${name}: ${JSON.stringify(value)} does not match ${spec.regex}`,
    );
  return problems;
}
