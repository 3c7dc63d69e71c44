import { type Alias, isAlias, LineCounter, parseDocument, visit } from "yaml";

/** One problem of a file, at a place that an editor can open. */
export interface ConfigProblem {
  file: string;
  line: number;
  column: number;
  message: string;
}

/** A YAML file's data, and where in the text each part of it stands. */
export interface YamlFile {
  data: unknown;
  atKey(path: readonly string[], message: string): ConfigProblem;
  atValue(path: readonly string[], message: string): ConfigProblem;
}

/** Uses of anchors: written by hand there are a few, in a bomb they grow without end. */
const MOST_ALIASES = 100;
/** Levels; the configuration itself has six. */
const DEEPEST = 64;
const TOO_MUCH =
  "nested too deeply, or an alias of an alias: write it with fewer levels";
const ONE_DOCUMENT =
  "a second document begins here (---), but a file has one: remove the line, or what follows it";

/**
 * Reads YAML: one document, no repeated keys, no unknown anchors, no more nesting than a parser stands. `refusals` names
 * what the caller does not take either.
 */
export function readYaml(
  text: string,
  file: string,
  refusals: (document: Document, text: string) => Problem[] = () => [],
): YamlFile | { problems: ConfigProblem[] } {
  const lines = new LineCounter();
  const at = (offset: number, message: string): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, message };
  };

  const tooDeep = tooDeepAt(text);
  if (tooDeep !== null)
    return {
      problems: [{ file, line: tooDeep, column: 1, message: TOO_MUCH }],
    };

  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: true,
      // The place is said by the problem itself.
      prettyErrors: false,
      // A warning would go to stderr, past the log and past its masks.
      logLevel: "error",
    });

    const problems = [
      ...syntaxProblems(document),
      ...aliasProblems(document),
      ...refusals(document, text),
    ];
    if (problems.length > 0)
      return {
        problems: problems.map(({ offset, message }) => at(offset, message)),
      };

    const places = placesIn(document);

    return {
      data: document.toJS({ maxAliasCount: MOST_ALIASES }),
      atKey: (path, message) => at(places.key(path), message),
      atValue: (path, message) => at(places.value(path), message),
    };
  } catch (error) {
    // The parser's own: its stack ends (RangeError), or aliases of aliases grow without end (ReferenceError).
    if (!(error instanceof RangeError || error instanceof ReferenceError))
      throw error;

    return { problems: [{ file, line: 1, column: 1, message: TOO_MUCH }] };
  }
}

/** The line where brackets, dashes or indentation go deeper than is safe: a parser that recurses may end the process. */
function tooDeepAt(text: string): number | null {
  let depth = 0;

  for (const [index, line] of text.split("\n").entries()) {
    const indicators = /^(?:[ \t]*[-?:](?=\s|$))*\s*/.exec(line)?.[0] ?? "";
    if (indicators.length > 4 * DEEPEST) return index + 1;

    for (const [bracket] of line.matchAll(/[[\]{}]/g)) {
      depth += bracket === "[" || bracket === "{" ? 1 : -1;
      if (depth > DEEPEST) return index + 1;
    }
  }

  return null;
}

export type Document = ReturnType<typeof parseDocument>;

/** What is wrong at an offset in the text. */
export interface Problem {
  offset: number;
  message: string;
}

function syntaxProblems({ errors }: Document): Problem[] {
  const tooDeep = errors.find(({ code }) => code === "RESOURCE_EXHAUSTION");
  if (tooDeep) return [{ offset: tooDeep.pos[0], message: TOO_MUCH }];

  return errors.map(({ code, pos, message }) => ({
    offset: pos[0],
    message: code === "MULTIPLE_DOCS" ? ONE_DOCUMENT : message,
  }));
}

/** A word that begins with `*` is an alias to YAML, and most people mean a pattern. */
function aliasProblems(document: Document): Problem[] {
  const anchors = new Set<string>();
  const unknown: Problem[] = [];

  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        if (!anchors.has(node.source)) unknown.push(quoteIt(node));
      } else if (node.anchor) anchors.add(node.anchor);
    },
  });

  return unknown;
}

function quoteIt({ source, range }: Alias): Problem {
  return {
    offset: range?.[0] ?? 0,
    message: `*${source} means an anchor in YAML, but no anchor has that name; put a pattern in quotes: "*${source}"`,
  };
}

interface YamlPair {
  key?: { value?: unknown; range?: [number, number, number] };
}

/** Offsets in the text; a part that is not there is at its parent. */
function placesIn(document: Document) {
  const value = (path: readonly string[]): number => {
    const node = document.getIn(path, true) as
      | { range?: [number, number, number] }
      | undefined;

    return node?.range?.[0] ?? 0;
  };

  const key = (path: readonly string[]): number => {
    const parent = document.getIn(path.slice(0, -1), true) as
      | { items?: YamlPair[] }
      | undefined;

    const pair = parent?.items?.find(
      (item) => String(item.key?.value) === path.at(-1),
    );

    return pair?.key?.range?.[0] ?? value(path.slice(0, -1));
  };

  return { key, value };
}
