import { createHash } from "node:crypto";
import { type Content, framed, html, type Markup, PLACE } from "./markup.ts";
import { STYLE } from "./style.ts";

/** No network, no frame, no script but ours: one style sheet and pictures that are inside, or of the same site. */
function policyOf({ script = "", pictures }: Page): string {
  const own = script === "" ? "" : ` script-src '${hashOf(script)}';`;
  return `default-src 'none'; style-src '${hashOf(STYLE)}';${own} img-src${pictures === "beside" ? " 'self'" : ""} data:; base-uri 'none'; form-action 'none'`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

export interface Page {
  title: string;
  body: Content;
  /** One line at the end. */
  footer: Content;
  /** A literal of ours; the page is whole without it. */
  script?: string;
  /** `beside`: pictures are files of the same site, which the browser fetches when they are to be seen. */
  pictures?: "beside";
}

/** The same in pieces, for a body that is long: it is never one text. */
export function* pagePieces(
  page: Omit<Page, "body">,
  body: Iterable<Markup>,
): Generator<string> {
  const around = { markup: renderPage({ ...page, body: PLACE }) };
  for (const { markup } of framed(around, body)) yield markup;
}

/** A whole page in one file, for a browser without network. */
export function renderPage(page: Page): string {
  const { title, body, footer, script = "" } = page;
  const own: Markup = { markup: script && `<script>${script}</script>\n` };
  const style: Markup = { markup: `<style>${STYLE}</style>` };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(page)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${style}
</head>
<body>
<main>
${body}
</main>
<footer>${footer}</footer>
${own}</body>
</html>
`.markup;
}
