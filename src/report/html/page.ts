import { createHash } from "node:crypto";
import { type Content, html, type Markup } from "./markup.ts";
import { STYLE } from "./style.ts";

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
/** No script, no network, no frame: one style sheet and pictures that are inside. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`;

export interface Page {
  title: string;
  body: Content;
  /** One line at the end. */
  footer: Content;
}

/** A whole page in one file, for a browser without network. */
export function renderPage({ title, body, footer }: Page): string {
  const style: Markup = { markup: `<style>${STYLE}</style>` };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
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
</body>
</html>
`.markup;
}
