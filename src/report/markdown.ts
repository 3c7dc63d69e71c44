import { plainLine, withoutAnsi } from "../plain-text.ts";

const LONGEST = 1000;

/**
 * Foreign text as one code span: the only place where GitLab looks for no mention, reference, emoji or quick action.
 * The delimiter is longer than any run of backticks inside.
 */
export function code(text: string): string {
  const line = plainLine(withoutAnsi(text), LONGEST) || "?";
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A sentence that may hold foreign words: plain words stay, everything else becomes code. */
export function prose(text: string): string {
  const parts = plainLine(withoutAnsi(text), LONGEST).split(" ").filter(Boolean).map(splitWord);
  const pieces: string[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at];
    if (part === undefined) continue;
    // `1.` would start a list.
    const number = at === 0 && /^\d+$/.test(part.core);
    if (isPlainWord(part.core) && !number) pieces.push(part.before + part.core + part.after);
    else {
      // Neighbours join, so that `[0, 17]` is one span.
      let { core, after } = part;
      for (
        let next = parts[at + 1];
        next && after + next.before === "" && !isPlainWord(next.core);
        next = parts[at + 1]
      ) {
        core += ` ${next.core}`;
        after = next.after;
        at += 1;
      }
      pieces.push(part.before + code(core) + after);
    }
  }
  return pieces.join(" ");
}

/** Markdown of one table cell: a `|` splits cells even inside code. */
export function cell(markdown: string): string {
  return markdown.replaceAll("|", "\\|");
}

/** A block of commands or output, in a fence that nothing inside can close. */
export function codeBlock(text: string, language = ""): string {
  const body = withoutAnsi(text).replaceAll(/[^\P{Cc}\n\t]/gu, "");
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${body}\n${fence}`;
}

/** A link of ours; an address that is none of the web, or that could end the link, is left out. */
export function link(text: string, url: string | null): string | null {
  return url && /^https?:\/\/[^\s<>()[\]"'`\\]+$/.test(url) ? `[${text}](${url})` : null;
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
  const [, before = "", core = "", after = ""] = /^(\(*)(.*?)([.,;:!?…)]*)$/.exec(word) ?? [];
  return core === "" ? { before: "", core: word, after: "" } : { before, core, after };
}

/** Letters and digits, perhaps with inner dashes or apostrophes; 7 hex digits or more may be a commit. */
function isPlainWord(core: string): boolean {
  return /^[–…]$/.test(core) || (/^[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*$/u.test(core) && !/^[0-9a-f]{7,}$/i.test(core));
}
