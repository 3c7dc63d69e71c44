import { type Document, isMap, isScalar, parseDocument } from "yaml";
import { isObject } from "../../document/json-object.ts";

/** A project's pipeline as far as its own files say it. */
export interface PipelineFile {
  /** Keys of the whole pipeline: what is included first, and the files' own keys over it. */
  keys: Record<string, unknown>;
  /** Entries of `include:`, those of included files first. */
  includes: Record<string, unknown>[];
  /** Top-level keys that stand twice in one file: the later one wins, without a word. */
  twice: string[];
}

const DEEPEST = 5;

/** Workflows of GitLab's own templates, as of GitLab 18. */
const WORKFLOWS: Record<string, unknown> = {
  "Workflows/MergeRequest-Pipelines.gitlab-ci.yml": [
    { if: "$CI_MERGE_REQUEST_IID" },
    { if: "$CI_COMMIT_TAG" },
    { if: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" },
  ],
  "Workflows/Branch-Pipelines.gitlab-ci.yml": [
    { if: "$CI_COMMIT_TAG" },
    { if: "$CI_COMMIT_BRANCH" },
  ],
};

/**
 * Reads a pipeline's configuration and the files of the repository that it includes; `read` gives a file's text, or null
 * where it is not there. Null where the text is not a map of YAML.
 */
export async function readPipelineFile(
  text: string,
  read: (path: string) => Promise<string | null>,
  depth = 0,
): Promise<PipelineFile | null> {
  const document = parseDocument(text, {
    logLevel: "silent",
    uniqueKeys: false,
    merge: true,
  });
  if (document.errors.length > 0 || !isMap(document.contents)) return null;

  const contents = contentsOf(document);
  if (contents === null) return null;

  const { include, ...own } = contents;
  const file: PipelineFile = {
    keys: {},
    includes: [],
    twice: twiceIn(
      document.contents.items.map(({ key }) =>
        String(isScalar(key) ? key.value : key),
      ),
    ),
  };

  for (const entry of entriesOf(include))
    await addInclude(file, entry, { read, depth });
  file.keys = merged(file.keys, own);

  return file;
}

/** Null where an alias leads nowhere, or to too much. */
function contentsOf(document: Document): Record<string, unknown> | null {
  try {
    return document.toJS() as Record<string, unknown>;
  } catch (error) {
    if (error instanceof ReferenceError) return null;
    throw error;
  }
}

interface Reading {
  read: (path: string) => Promise<string | null>;
  depth: number;
}

async function addInclude(
  file: PipelineFile,
  entry: Record<string, unknown>,
  { read, depth }: Reading,
): Promise<void> {
  file.includes.push(entry);

  const rules = WORKFLOWS[String(entry.template)];
  if (rules) file.keys = merged(file.keys, { workflow: { rules } });
  if (typeof entry.local !== "string" || depth >= DEEPEST) return;

  const text = await read(entry.local.replace(/^\/+/, ""));
  const inner =
    text === null ? null : await readPipelineFile(text, read, depth + 1);
  if (inner === null) return;

  file.keys = merged(file.keys, inner.keys);
  file.includes.push(...inner.includes);
  file.twice.push(...inner.twice);
}

/** A text stands for a file of the repository, or for an address. */
function entriesOf(include: unknown): Record<string, unknown>[] {
  const entries = Array.isArray(include) ? include : [include];

  return entries.flatMap((entry: unknown) => {
    if (typeof entry === "string")
      return [/^https?:/.test(entry) ? { remote: entry } : { local: entry }];
    return isObject(entry) ? [entry] : [];
  });
}

/** Maps are merged, anything else is replaced, as GitLab does it. */
export function merged(
  a: Record<string, unknown>,
  b: Record<string, unknown>,
): Record<string, unknown> {
  const all = new Map(Object.entries(a));

  for (const [key, value] of Object.entries(b)) {
    const before = all.get(key);
    const both = isObject(before) && isObject(value);
    all.set(key, both ? merged(before, value) : value);
  }

  return Object.fromEntries(all);
}

function twiceIn(keys: readonly string[]): string[] {
  return [...new Set(keys.filter((key, at) => keys.indexOf(key) !== at))];
}
