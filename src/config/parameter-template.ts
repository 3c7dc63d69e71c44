import {
  type Document,
  isAlias,
  isMap,
  isNode,
  LineCounter,
  parseDocument,
  visit,
} from "yaml";
import { UsageError } from "../errors.ts";
import { readYaml } from "./yaml-file.ts";

/** Bytes of a template, and of what is put into it: both are read by a person. */
export const TEMPLATE_LIMIT = 1 << 20;

/**
 * A template's tree, with comments and the spelling of its numbers, as a node wants 6.0 and not 6. Throws `UsageError`
 * for what is no YAML map, is larger than 1 MiB, or has tags, anchors or aliases, which ROS does not read.
 */
export function parseTemplate(text: string, file: string): Document.Parsed {
  if (Buffer.byteLength(text) > TEMPLATE_LIMIT)
    throw wrongTemplate(`${file} is larger than 1 MiB`);

  const read = readYaml(text, file);
  if ("problems" in read)
    throw wrongTemplate(
      read.problems
        .map(
          ({ line, column, message }) => `${file}:${line}:${column} ${message}`,
        )
        .join("\n"),
    );

  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    intAsBigInt: true,
    // Looked for above, and it takes the square of their number.
    uniqueKeys: false,
  });

  visit(document, (_, node) => {
    const what = isNode(node) ? refused(node) : null;
    if (!isNode(node) || what === null) return;

    const { line, col } = lines.linePos(node.range?.[0] ?? 0);
    throw wrongTemplate(
      `${file}:${line}:${col} a template has no ${what}: write it out`,
    );
  });

  if (!isMap(document.contents))
    throw wrongTemplate(`${file} holds no names with values`);

  return document;
}

function refused(node: { tag?: string; anchor?: string }): string | null {
  if (isAlias(node)) return "aliases";
  if (node.anchor !== undefined) return "anchors";
  return node.tag === undefined ? null : `tags (${node.tag})`;
}

/** A template that cannot be used; the message says which and where. */
export function wrongTemplate(message: string): UsageError {
  return new UsageError(message, {
    code: "parameters-template",
    hint: "correct the template, or the `parameters:` of conversion.yaml that names it: docs/parameters.md",
  });
}
