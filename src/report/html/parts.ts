import type { Headline, Tone } from "../headline.ts";
import { type Content, html, type Markup } from "./markup.ts";

const PATHS: Record<Tone, Markup> = {
  pass: html`<path d="M6 10.4l2.7 2.7L14.2 7"/>`,
  warn: html`<path d="M10 5.6v5.2M10 14.1v.1"/>`,
  fail: html`<path d="M6.8 6.8l6.4 6.4M13.2 6.8l-6.4 6.4"/>`,
  none: html`<path d="M6.5 10h7"/>`,
};
const WORDS: Record<Tone, string> = {
  pass: "passed",
  warn: "warning",
  fail: "failed",
  none: "not judged",
};

/** A round sign in the tone's colour, with a word for those who do not see it. */
export function icon(tone: Tone): Markup {
  return html`<svg class="icon ${tone}" viewBox="0 0 20 20" role="img" aria-label="${WORDS[tone]}"><circle cx="10" cy="10" r="10" fill="currentColor" opacity=".16"/><g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${PATHS[tone]}</g></svg>`;
}

/** The answer on top of a page. */
export function answer(tone: Tone, title: Content, below: Content): Markup {
  return html`<section class="answer ${tone}">${icon(tone)}<div><h1>${title}</h1>${below}</div></section>`;
}

/** The headline, names set as code. */
export function headlineMarkup({ parts }: Headline): Content {
  return parts.map((part) =>
    "name" in part ? html`<code>${part.name}</code>` : part.text,
  );
}

export type Fact = readonly [string, Content];

/** Names and values; those without a value are left out. */
export function facts(pairs: readonly Fact[]): Content {
  const known = pairs.filter(
    ([, value]) => value !== null && value !== "" && value !== false,
  );
  return (
    known.length > 0 &&
    html`<dl class="facts">${known.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
  );
}

/** A card with a small title; nothing where it would be empty. */
export function card(title: string, content: Content): Content {
  return isEmpty(content)
    ? null
    : html`<section class="card"><h3>${title}</h3>${content}</section>`;
}

export function part(title: string, content: Content): Content {
  return isEmpty(content) ? null : html`<h3>${title}</h3>${content}`;
}

function isEmpty(content: Content): boolean {
  return (
    content === null ||
    content === false ||
    content === "" ||
    (Array.isArray(content) && content.every(isEmpty))
  );
}

/** A link to a page of the web; the text alone where the address is none. */
export function webLink(text: Content, url: string | null): Content {
  return url !== null && /^https?:\/\//.test(url)
    ? html`<a href="${url}" rel="noreferrer">${text}</a>`
    : text;
}
