import { html, type Markup } from "./markup.ts";

/** A table that scrolls sideways on a narrow screen, by keyboard too: `label` says what it holds. */
export function wideTable(label: string, table: Markup, id?: string): Markup {
  const own = id !== undefined && html` id="${id}"`;
  return html`<div class="wide" role="group" tabindex="0" aria-label="${label}"><table${own}>${table}</table></div>`;
}
