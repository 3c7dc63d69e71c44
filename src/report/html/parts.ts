import { type Explanation, sentencesOf } from "../../text/explanation.ts";
import type { Part } from "../../text/message.ts";
import type { Tone } from "../headline.ts";
import { type Content, html, type Markup } from "./markup.ts";

const PATHS: Record<Tone, Markup> = {
  pass: html`<path d="M6 10.4l2.7 2.7L14.2 7"/>`,
  warn: html`<path d="M10 5.6v5.2M10 14.1v.1"/>`,
  fail: html`<path d="M6.8 6.8l6.4 6.4M13.2 6.8l-6.4 6.4"/>`,
  unproven: html`<path d="M7.6 7.6a2.5 2.5 0 1 1 3.4 2.5c-.7.3-1 .8-1 1.5v.2M10 14.3v.1"/>`,
  unchecked: html`<path d="M6 14l8-8M10 4.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11"/>`,
  none: html`<path d="M6.5 10h7"/>`,
};
const WORDS: Record<Tone, string> = {
  pass: "passed",
  warn: "warning",
  fail: "failed",
  unproven: "unproven",
  unchecked: "could not be checked",
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

/** Parts of a sentence, code and names set as code. */
export function partsMarkup(parts: readonly Part[]): Content {
  return parts.map((part) =>
    "text" in part
      ? part.text
      : html`<code>${"code" in part ? part.code : part.name}</code>`,
  );
}

/** What was found, and what to do next. */
export function explanation({ answer, because, next }: Explanation): Content {
  const found = sentencesOf([answer, because]);
  return [
    found.length > 0 && html`<p>${partsMarkup(found)}</p>`,
    next.length > 0 &&
      html`<p><b>What to do next:</b> ${partsMarkup(sentencesOf([next]))}</p>`,
  ];
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
export function card(title: string, content: Content, id?: string): Content {
  const own = id !== undefined && html` id="${id}"`;
  return isEmpty(content)
    ? null
    : html`<section class="card"${own}><h2 class="small">${title}</h2>${content}</section>`;
}

/** A part that is read when something is wrong: folded, with what it says in a few words. */
export function fold(title: string, says: Content, content: Content): Content {
  return isEmpty(content)
    ? null
    : html`<details class="fold"><summary><h3>${title}</h3> <span class="soft">${says}</span></summary>${content}</details>`;
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
