/**
 * Foreign text (a model's name, a server's answer, a child's output) made harmless for a terminal and for GitLab's log:
 * control characters become their visible symbols, so nothing can forge a section marker, move the cursor or reorder text.
 * Line ends and tabs stay.
 */
export function plainText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(UNSAFE, (character) => symbolOf(character.codePointAt(0) ?? 0));
}

/** The same on one line, cut to `limit` characters. */
export function plainLine(text: string, limit = 500): string {
  const line = plainText(text).replace(/\s+/g, " ").trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** Colours and cursor moves of a well-meaning tool, taken away before the rest is made visible. */
export function withoutAnsi(text: string): string {
  return text.replace(ANSI, "");
}

// C0 but tab and line feed, DEL, C1, line and paragraph separators, bidirectional marks, overrides and isolates; and what
// nobody sees, so that two names look the same: soft hyphen, zero-width space, word joiner, byte order mark, tags. The
// joiners U+200C and U+200D stay: scripts and emoji need them.
const UNSAFE =
  /[\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
const ANSI =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes away
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

function symbolOf(code: number): string {
  if (code === 9 || code === 10) return String.fromCodePoint(code);
  if (code < 32) return String.fromCodePoint(0x2400 + code);
  return code === 127 ? "\u2421" : "\ufffd";
}

/** Half characters become U+FFFD, so that the text is UTF-8. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
