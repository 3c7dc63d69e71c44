import { joined, type Part } from "../text/message.ts";
import { plainLine, withoutAnsi } from "../text/plain-text.ts";

const LONGEST = 1000;

/**
 * Foreign text as one code span: the only place where GitLab looks for no mention, reference, emoji or quick action.
 * The delimiter is longer than any run of backticks inside.
 */
export function code(text: string): string {
  const line = plainLine(withEdges(withoutAnsi(text)), LONGEST) || "?";
  const longest = Math.max(
    0,
    ...[...line.matchAll(/`+/g)].map(([run]) => run.length),
  );

  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";

  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Blanks at its ends, which Markdown and a browser take away: two names would look the same. */
function withEdges(text: string): string {
  return text.replace(/^ +| +$/g, (blanks) => "\u2423".repeat(blanks.length));
}

/**
 * Words, foreign ones among them, as text: what GitLab or Markdown would make something else of (a mention, a
 * reference, an address, a tag) is shown as code, where neither looks. Nothing else becomes code: that is what parts
 * are for.
 */
export function prose(text: string): string {
  const words = plainLine(withoutAnsi(text), LONGEST)
    .split(" ")
    .filter(Boolean)
    .map(splitWord);

  const pieces: string[] = [];

  for (let word = words.shift(); word; word = words.shift()) {
    if (isInert(word, pieces.length === 0))
      pieces.push(word.before + word.core + word.after);
    else pieces.push(word.before + codeOf(word, words));
  }

  return pieces.join(" ");
}

/** How a report sets a name of a model; by default as code. */
export type NameMarkdown = (name: string) => string;

/** Parts of a sentence: words as `prose`, code as code, names as `nameOf` has them. */
export function proseParts(
  parts: readonly Part[],
  nameOf: NameMarkdown = code,
): string {
  return joined(parts)
    .map((part) => partMarkdown(part, nameOf))
    .reduce(apart, "");
}

/** Two code spans that touch would be read as one. */
function apart(left: string, right: string): string {
  const touch = left.endsWith("`") && right.startsWith("`");
  return `${left}${touch ? " " : ""}${right}`;
}

function partMarkdown(part: Part, nameOf: NameMarkdown): string {
  if ("name" in part) return nameOf(part.name);
  if ("code" in part) return code(part.code);

  const [, before = "", words = "", after = ""] =
    /^(\s*)(.*?)(\s*)$/s.exec(part.text) ?? [];

  return `${before && " "}${prose(words)}${after && " "}`;
}

/** The word and those that belong to it, so that `[0, 17]` is one span. Takes them from the list. */
function codeOf(first: Word, rest: Word[]): string {
  let { core, after } = first;
  for (let next = rest[0]; next; next = rest[0]) {
    const joins =
      isOpen(core) || (after + next.before === "" && !isInert(next, false));
    if (!joins) break;

    rest.shift();
    core += `${after} ${next.before}${next.core}`;
    after = next.after;
  }

  return code(core) + after;
}

function isOpen(text: string): boolean {
  return text.lastIndexOf("[") > text.lastIndexOf("]");
}

/** Markdown of one table cell: a `|` splits cells even inside code. */
export function cell(markdown: string): string {
  return markdown.replaceAll("|", "\\|");
}

/** A block of commands or output, in a fence that nothing inside can close. */
export function codeBlock(text: string, language = ""): string {
  const body = withoutAnsi(text).replaceAll(/[^\P{Cc}\n\t]/gu, "");
  const longest = Math.max(
    2,
    ...[...body.matchAll(/`+/g)].map(([run]) => run.length),
  );

  const fence = "`".repeat(longest + 1);

  return `${fence}${language}\n${body}\n${fence}`;
}

/** A link of ours; an address that is none of the web, or that could end the link, is left out. */
export function link(text: string, url: string | null): string | null {
  return url && /^https?:\/\/[^\s<>()[\]"'`\\]+$/.test(url)
    ? `[${text}](${url})`
    : null;
}

/** A picture: at an address of the web, or a file that was uploaded to GitLab's project. */
export function image(text: string, url: string): string | null {
  const uploaded = /^\/uploads\/[0-9a-f]{32}\/[\w.-]+$/.test(url);
  const linked = uploaded ? `[${text}](${url})` : link(text, url);

  return linked && `!${linked}`;
}

/** Text for inside an HTML tag of ours, where Markdown does not apply. */
export function htmlCode(text: string): string {
  const line = plainLine(withoutAnsi(text), LONGEST);
  return `<code>${line.replace(/[&<>"'`]/g, (character) => `&#${character.codePointAt(0)};`)}</code>`;
}

interface Word {
  before: string;
  core: string;
  after: string;
}

function splitWord(word: string): Word {
  const [, before = "", core = "", after = ""] =
    /^([("]*)(.*?)("?[.,;:!?…)]*)$/.exec(word) ?? [];
  return core === ""
    ? { before: "", core: word, after: "" }
    : { before, core, after };
}

const LETTERS = /^[\p{L}\p{N}]+(?:['’._×-][\p{L}\p{N}]+)*$/u;
const NUMBER = /^[-+−±]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?%?$/;
const PUNCTUATION = /^(?:[–…(]?[).,;:!?]*|e\.g\.?|i\.e\.?)$/;
const RELATION = /^(?:[-+=×·→<>]|[<>=]=)$/;
/** What may be a commit, an issue of another tracker, an address: GitLab links them without any mark. */
const REFERENCE = /[0-9a-fA-F]{7}|[A-Z][A-Z0-9_]*-\d|[wW]{3}\./;

/** Neither Markdown nor GitLab makes anything of it, where it stands. */
function isInert({ core, after }: Word, isFirst: boolean): boolean {
  // `1.` would start a list, `=` underline a heading.
  if (isFirst && /^(?:\d+[.)]$|[-+=<>](?!\d))/.test(core + after)) return false;
  if (PUNCTUATION.test(core + after) || RELATION.test(core)) return true;

  return (NUMBER.test(core) || LETTERS.test(core)) && !REFERENCE.test(core);
}
