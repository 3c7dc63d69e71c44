import { isScalar, type Scalar, visit } from "yaml";
import {
  type ConfigProblem,
  type Document,
  type Problem,
  readYaml,
  type YamlFile,
} from "./yaml-file.ts";

/** Types of YAML that JSON, and thus an engine, does not know. The parser warns of any other tag. */
const OTHER_TAGS = new Set(
  ["binary", "merge", "omap", "pairs", "set", "timestamp"].map(
    (type) => `tag:yaml.org,2002:${type}`,
  ),
);

const TAG = "a tag (!name) means nothing here: write the value itself";

/** YAML writes whole numbers in three ways: 10, 0o12, 0xa. */
const WHOLE = /^[-+]?(?:\d+|0o[0-7]+|0x[\da-fA-F]+)$/;

/**
 * Reads YAML of settings. What `readYaml` would take, but as something else than the author wrote, is a problem: bytes
 * that are not UTF-8, tags, merge keys, keys that are numbers in another form, and numbers that JSON does not hold.
 */
export function readExactYaml(
  text: string,
  file: string,
): YamlFile | { problems: ConfigProblem[] } {
  return readYaml(text, file, inexactParts);
}

function inexactParts(document: Document, text: string): Problem[] {
  const problems: Problem[] = notUtf8(text);

  for (const { code, pos } of document.warnings)
    if (code === "TAG_RESOLVE_FAILED")
      problems.push({ offset: pos[0], message: TAG });

  visit(document, {
    Node(_, { tag, range }) {
      if (tag !== undefined && OTHER_TAGS.has(tag))
        problems.push({ offset: range?.[0] ?? 0, message: TAG });
    },
    Pair(_, { key }) {
      const message = keyProblem(key);
      if (message !== null) problems.push({ offset: offsetOf(key), message });
    },
    Scalar(place, node) {
      const message = place === "key" ? null : numberProblem(node);
      if (message !== null) problems.push({ offset: offsetOf(node), message });
    },
  });

  return problems;
}

/** Bytes that are not UTF-8 were read as U+FFFD, which nobody writes. */
function notUtf8(text: string): Problem[] {
  const offset = text.indexOf("\uFFFD");
  if (offset < 0) return [];

  return [
    { offset, message: "the file is not UTF-8 from here on: save it as UTF-8" },
  ];
}

function keyProblem(key: unknown): string | null {
  if (!isScalar(key)) return "a key is a single text, not a list or a map";

  const { value, source, type } = key;
  if (value === "<<" && type === "PLAIN")
    return "the merge key << is not part of YAML 1.2: write the keys out, or put what all models share under `defaults:`";

  // `1.10` is the number 1.1, and `~` is null.
  return typeof value === "string" || String(value) === source
    ? null
    : `the key ${source ?? "of nothing"} is read as ${JSON.stringify(value)}: put it in quotes`;
}

function numberProblem({ value, source }: Scalar): string | null {
  if (typeof value !== "number") return null;
  if (!Number.isFinite(value))
    return `${source} is not a finite number, which no setting takes`;

  return WHOLE.test(source ?? "") && !Number.isSafeInteger(value)
    ? `${source} is beyond 2^53, where whole numbers are rounded: this would be ${value}`
    : null;
}

function offsetOf(node: unknown): number {
  return (node as { range?: [number, number, number] }).range?.[0] ?? 0;
}
