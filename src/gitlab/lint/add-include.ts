import { isDeepStrictEqual } from "node:util";
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from "yaml";

/** An entry of `include:`, its first line without the dash. */
export type IncludeLines = readonly [string, ...string[]];

/**
 * The text of a pipeline with one more entry in its `include:`, all else as it was, byte by byte. Null where the text
 * is not a map of YAML, or where the change cannot be shown to be that entry alone: then a person has to add it.
 */
export function addInclude(text: string, entry: IncludeLines): string | null {
  const root = rootOf(text);
  if (root === null) return null;

  const changed = changeOf(text, root, entry);
  const after = changed === null ? null : rootOf(changed);
  if (changed === null || after === null) return null;

  const { include: was, ...others } = plainOf(root);
  const { include: is, ...othersAfter } = plainOf(after);
  const [added] = listed(plainOf(rootOf(asFile(entry))).include);
  const isRight =
    isDeepStrictEqual(others, othersAfter) &&
    isDeepStrictEqual([...listed(was), added], listed(is));

  return isRight ? changed : null;
}

/** A whole file that includes the entry and nothing else. */
export function asFile(entry: IncludeLines): string {
  return `include:\n${listItem(entry, "  ")}`;
}

/** The last document's map: a `spec:` may stand before it. */
function rootOf(text: string): YAMLMap<Node, Node | null> | null {
  const documents = parseAllDocuments(text, { logLevel: "silent" });
  const last = Array.isArray(documents) ? documents.at(-1) : undefined;
  if (!last || last.errors.length > 0 || !isMap(last.contents)) return null;

  return last.contents as unknown as YAMLMap<Node, Node | null>;
}

function plainOf(root: YAMLMap<Node, Node | null> | null) {
  return (root?.toJSON() ?? {}) as Record<string, unknown>;
}

function listed(include: unknown): unknown[] {
  return [include ?? []].flat();
}

function changeOf(
  text: string,
  root: YAMLMap<Node, Node | null>,
  entry: IncludeLines,
): string | null {
  const pair = root.items.find(
    ({ key }) => isScalar(key) && key.value === "include",
  );
  if (!pair) {
    const [start = 0] = root.range ?? [];
    return spliced(text, [start, start], `${asFile(entry)}\n`);
  }

  const { value } = pair;
  if (isSeq(value) && !value.flow) return inBlock(text, value, entry);
  return rewritten(text, pair, entry);
}

/** A list with a line for each entry: one more at its end, as far to the right as the others. */
function inBlock(
  text: string,
  list: { items: unknown[]; range?: [number, number, number] | null },
  entry: IncludeLines,
): string | null {
  const last = list.items.at(-1) as Node | undefined;
  const [, end] = last?.range ?? [];
  const [start] = list.range ?? [];
  if (end === undefined || start === undefined) return null;

  const indent = " ".repeat(start - lineStart(text, start));
  const next = text.indexOf("\n", Math.max(end - 1, 0));
  return next < 0
    ? `${text}\n${listItem(entry, indent)}`
    : spliced(text, [next + 1, next + 1], listItem(entry, indent));
}

/** One entry, or a list in brackets: a line for each, their text as it was. */
function rewritten(
  text: string,
  { key, value }: Pair<Node, Node | null>,
  entry: IncludeLines,
): string | null {
  const nodes = isSeq(value) ? (value.items as Node[]) : [value];
  const [, keyEnd] = key.range ?? [];
  const [, end] = value?.range ?? [];
  if (keyEnd === undefined || end === undefined) return null;

  // Their meaning is more than their text.
  const isMore = [value, ...nodes].some(
    (node) => isAlias(node) || (isNode(node) && (node.tag ?? node.anchor)),
  );
  if (isMore) return null;

  const items = nodes.map((node) => {
    const [from, to] = node?.range ?? [];
    if (from === undefined || to === undefined) return null;

    const [first = "", ...others] = text.slice(from, to).trimEnd().split("\n");
    const outer = from - lineStart(text, from);
    return listItem([first, ...others.map((line) => line.slice(outer))], "  ");
  });
  if (items.includes(null)) return null;

  const tail = text.slice(end - 1, end) === "\n" ? end - 1 : end;
  return spliced(
    text,
    [keyEnd, tail],
    `:\n${items.join("")}${listItem(entry, "  ")}`.trimEnd(),
  );
}

function listItem([first, ...others]: IncludeLines, indent: string): string {
  return [
    `${indent}- ${first}\n`,
    ...others.map((line) => `${line === "" ? "" : `${indent}  `}${line}\n`),
  ].join("");
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

function spliced(
  text: string,
  [from, to]: readonly [number, number],
  put: string,
): string {
  return text.slice(0, from) + put + text.slice(to);
}
