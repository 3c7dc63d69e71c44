import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
} from "yaml";
import {
  parseTemplate,
  TEMPLATE_LIMIT,
} from "../../config/parameter-template.ts";
import { readYaml } from "../../config/yaml-file.ts";
import { UsageError } from "../../errors.ts";
import { type FoundFact, findFact, type Known } from "./parameter-facts.ts";
import { valueNode } from "./parameter-node.ts";

/**
 * A template with the model's facts in place of `${…}`, on its parsed tree: no value is ever read as YAML, and none is
 * looked through for `${…}` again. Comments stay. Throws `UsageError` for a name that is not known, or has no value.
 */
export function renderParameters(
  { text, file }: { text: string; file: string },
  known: Known,
): string {
  const document = parseTemplate(text, file);
  const filling = new Filling(file, known);
  document.contents = filling.filled(
    document.contents as Node,
  ) as Document.Parsed["contents"];

  const rendered = document.toString({ lineWidth: 0 });
  const read = readYaml(rendered, file);
  if ("problems" in read)
    throw problem(
      `${file}: with the model's values it is not YAML: ${read.problems[0]?.message}`,
    );

  return rendered;
}

const WHOLE = /^\$\{([^{}]*)\}$/;
const ANY = /\$\{([^{}]*)(\}?)/g;

class Filling {
  readonly #file: string;
  readonly #known: Known;
  #added = 0;

  constructor(file: string, known: Known) {
    this.#file = file;
    this.#known = known;
  }

  /** The node, or what takes its place. */
  filled(node: unknown): unknown {
    if (isMap(node)) {
      for (const pair of node.items) {
        pair.key = this.filled(pair.key);
        if (!isScalar(pair.key))
          throw problem(`${this.#file}: a name cannot be a list or a map`);
        pair.value = this.filled(pair.value);
      }
    } else if (isSeq(node)) {
      node.items = node.items.map((item) => this.filled(item));
    } else if (isScalar(node) && typeof node.value === "string") {
      return this.#scalar(node, node.value);
    }

    return node;
  }

  #scalar(node: Scalar, text: string): Node {
    const [, name] = WHOLE.exec(text) ?? [];
    if (name !== undefined) return likeOld(this.#value(name), node);
    if (!text.includes("${")) return node;

    const filled = new Scalar(
      text.replaceAll(ANY, (all, inside: string, end: string) => {
        if (end === "") throw problem(`${this.#file}: ${short(all)} has no }`);
        return this.#inside(inside);
      }),
    );
    filled.type = Scalar.QUOTE_DOUBLE;

    return likeOld(filled, node);
  }

  #value(name: string): Node {
    const found = this.#find(name);
    if ("fallback" in found) return parsedScalar(found.fallback, this.#file);

    return valueNode(found.value, found.key);
  }

  #inside(name: string): string {
    const found = this.#find(name);
    if ("fallback" in found) return found.fallback;
    if (typeof found.value === "object")
      throw problem(
        `${this.#file}: \${${short(name)}} is a list or a map, which cannot stand inside a text: let it be the whole value`,
      );

    return String(found.value);
  }

  #find(name: string): FoundFact {
    const found = findFact(this.#known, name);
    if ("problem" in found)
      throw problem(`${this.#file}: \${${short(name)}}: ${found.problem}`);

    this.#added +=
      "value" in found ? JSON.stringify(found.value).length : name.length;
    if (this.#added > TEMPLATE_LIMIT)
      throw problem(`${this.#file}: the model's values are more than 1 MiB`);

    return found;
  }
}

/** Its comments and empty lines. */
function likeOld(node: Node, old: Scalar): Node {
  if (old.comment) node.comment = old.comment;
  if (old.commentBefore) node.commentBefore = old.commentBefore;
  if (old.spaceBefore) node.spaceBefore = old.spaceBefore;

  return node;
}

function parsedScalar(text: string, file: string): Node {
  const { contents, errors } = parseDocument(text, { intAsBigInt: true });
  if (errors.length > 0 || !isScalar(contents) || contents.tag)
    throw problem(
      `${file}: ${JSON.stringify(short(text))} is not a simple value`,
    );

  return contents;
}

/** Letters of a template in a message. */
const SHOWN = 120;

function short(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function problem(message: string): UsageError {
  return new UsageError(message, {
    code: "parameters-value",
    hint: "correct the name in the template, or what contract.json says: docs/parameters.md lists the names",
  });
}
