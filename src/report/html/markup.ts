import { plainText, withoutAnsi } from "../../text/plain-text.ts";

/** HTML that is safe to show. Made by `html` alone, which escapes every value that is not markup already. */
export interface Markup {
  readonly markup: string;
}

export type Content =
  | Markup
  | string
  | number
  | null
  | false
  | readonly Content[];

/** HTML or SVG from a literal of ours and values of anybody. Values stand in text or in quoted attributes. */
export function html(
  literal: TemplateStringsArray,
  ...values: readonly Content[]
): Markup {
  return {
    markup: literal
      .map(
        (part, index) =>
          part + (index < values.length ? render(values[index]) : ""),
      )
      .join(""),
  };
}

function render(value: Content | undefined): string {
  if (value === undefined || value === null || value === false) return "";
  if (Array.isArray(value)) return value.map(render).join("");
  if (typeof value === "object" && "markup" in value) return value.markup;

  return escapeHtml(String(value));
}

/** Where pieces go in their frame. No value of anybody holds it: it is made visible there. */
export const PLACE: Markup = { markup: "\u0000" };

/** A frame, and in its place pieces that are never one text. */
export function* framed(
  frame: Content,
  pieces: Iterable<Markup>,
): Generator<Markup> {
  const [before = "", after = ""] = render(frame).split(PLACE.markup);

  yield { markup: before };
  yield* pieces;
  yield { markup: after };
}

/** Printable ASCII that is no markup: most names, words and numbers. */
const PLAIN = /^[ !#-%(-;=?-~]*$/;

/** Control characters become visible, so that no text is shown in another order than it is written. */
function escapeHtml(text: string): string {
  if (PLAIN.test(text)) return text;

  return plainText(withoutAnsi(text))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
    .replace(/\p{Surrogate}/gu, "\ufffd");
}
