import { joined, type Part } from "../message.ts";
import { plainLine, withoutAnsi } from "../plain-text.ts";

const LONGEST = 1000;

/**
 * Foreign text as one code span: the only place where GitLab looks for no mention, reference, emoji or quick action.
 * The delimiter is longer than any run of backticks inside.
 */
export function code(text: string): string {
  const line = plainLine(withoutAnsi(text), LONGEST) || "?";
  const longest = Math.max(
    0,
    ...[...line.matchAll(/`+/g)].map(([run]) => run.length),
  );

  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";

  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A sentence that may hold foreign words: plain words stay, everything else becomes code. */
export function prose(text: string): string {
  const words = plainLine(withoutAnsi(text), LONGEST)
    .split(" ")
    .filter(Boolean)
    .map(splitWord);

  const pieces: string[] = [];

  for (let word = words.shift(); word; word = words.shift()) {
    // `1.` would start a list.
    const isListMark =
      pieces.length === 0 && /^\d+[.)]/.test(word.core + word.after);
    if (isPlainWord(word.core) && !isListMark)
      pieces.push(word.before + word.core + word.after);
    else pieces.push(word.before + codeOf(word, words));
  }

  return pieces.join(" ");
}

/** Parts of a sentence: words as `prose`, code and names as code. */
export function proseParts(parts: readonly Part[]): string {
  return joined(parts).map(partMarkdown).reduce(apart, "");
}

/** Two code spans that touch would be read as one. */
function apart(left: string, right: string): string {
  const touch = left.endsWith("`") && right.startsWith("`");
  return `${left}${touch ? " " : ""}${right}`;
}

function partMarkdown(part: Part): string {
  if ("name" in part) return code(part.name);
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
      isOpen(core) || (after + next.before === "" && !isPlainWord(next.core));
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
    /^(\(*)(.*?)([.,;:!?…)]*)$/.exec(word) ?? [];
  return core === ""
    ? { before: "", core: word, after: "" }
    : { before, core, after };
}

/** Letters and digits, perhaps with inner dashes or apostrophes; 7 hex digits may be a commit. */
function isPlainWord(core: string): boolean {
  return (
    /^(?:[–…(]?[).,;:!?]*|e\.g|i\.e)$/.test(core) ||
    (/^[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*$/u.test(core) &&
      !/[0-9a-f]{7}/i.test(core))
  );
}
