/** One piece of a sentence: words, code (a file, an option, a command, a tensor), or the name of a model. */
export type Part = { text: string } | { code: string } | { name: string };

/** What was being done when it was found. */
export type Phase = "read" | "load" | "run" | "compare" | "measure";

/**
 * One sentence for a person, without its full stop. Machines look at `code` and `phase`, never at the words;
 * reports decide how words, code and names look.
 */
export interface Message {
  code: string;
  phase?: Phase;
  parts: Part[];
}

/** What says something: plain words, or a message with a code. */
export type Says = string | Message;

/** The code of a message that no program asks for. */
const UNNAMED = "text";

/** A message with a stable code; `says` is plain words, or parts made by `sentence`. */
export function message(
  code: string,
  says: string | Part[],
  phase?: Phase,
): Message {
  const parts = typeof says === "string" ? [{ text: says }] : says;
  return phase ? { code, phase, parts } : { code, parts };
}

/** A message from plain words; a message stays as it is. */
export function toMessage(says: Says): Message {
  return typeof says === "string" ? message(UNNAMED, says) : says;
}

/** Parts from a template: sentence`set ${code("opset")} to ${17}`. Strings and numbers are words. */
export function sentence(
  words: TemplateStringsArray,
  ...values: (string | number | Part | Part[])[]
): Part[] {
  const parts = words.flatMap((text, index) => [
    { text },
    ...toParts(values[index] ?? ""),
  ]);

  return joined(parts);
}

/** Something that is written as it is: a file, an option, a command, a tensor. */
export function code(text: string): Part {
  return { code: text };
}

/** Parts of a text of ours, such as an error's: what stands between backticks is code, all else are words. */
export function marked(text: string): Part[] {
  const pieces = text.split(/`([^`\n]+)`/);
  return joined(
    pieces.map((piece, index) =>
      index % 2 === 1 ? { code: piece } : { text: piece },
    ),
  );
}

/** The words of a message or of parts in one plain string, for a terminal or a log. */
export function plain(says: Message | readonly Part[]): string {
  const parts = "parts" in says ? says.parts : says;
  return parts.map(textOf).join("");
}

function textOf(part: Part): string {
  if ("text" in part) return part.text;
  return "code" in part ? part.code : part.name;
}

function toParts(value: string | number | Part | Part[]): Part[] {
  if (Array.isArray(value)) return value;
  return typeof value === "object" ? [value] : [{ text: String(value) }];
}

/** Words beside words become one part; empty ones go. */
export function joined(parts: readonly Part[]): Part[] {
  const all: Part[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if ("text" in part && part.text === "") continue;
    if (last && "text" in last && "text" in part)
      all[all.length - 1] = { text: last.text + part.text };
    else all.push(part);
  }

  return all;
}
