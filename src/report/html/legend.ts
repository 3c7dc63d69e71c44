import { html, type Markup } from "./markup.ts";

/** The legend in a card of its own, where each table of outputs leads to. */
export function legendCard(): Markup {
  return html`<section class="card" id="legend"><h2 class="small">How to read the tables</h2>${legend()}</section>`;
}

/** How to read the table of outputs: each mark once as it is drawn there, and what it means. */
function legend(): Markup {
  return html`<dl class="legend">
<div><dt><svg class="room" viewBox="0 0 24 22" aria-hidden="true"><circle class="error" cx="12" cy="11" r="4"/></svg></dt><dd><b>Dot</b>: the largest difference between the edge model and its source.</dd></div>
<div><dt><svg class="room" viewBox="0 0 24 22" aria-hidden="true"><rect class="allowed" x="0" y="4" width="20" height="14" rx="3"/><path class="limit" d="M20 2v18"/></svg></dt><dd><b>Bar</b>: what is allowed. A dot beyond its end is too far off. A grey bar: the evidence is too little to judge by.</dd></div>
<div><dt><svg class="room" viewBox="0 0 24 22" aria-hidden="true"><path class="noise" d="M12 5v12"/></svg></dt><dd><b>Grey tick</b>: the source framework's own rounding noise, found by computing it in float32 and in float64.</dd></div>
<div><dt><svg class="room" viewBox="0 0 24 22" aria-hidden="true"><path class="axis" d="M0 11.5H24"/></svg></dt><dd><b>Axis</b>: the size of a difference, in the output's own unit; each step is ten times the one before.</dd></div>
<div><dt>dB</dt><dd><b>SQNR</b>: how far the output's values stand above the differences. Higher is better: 20 dB more are differences ten times smaller. No number: no difference at all.</dd></div>
<div><dt>&gt;</dt><dd><b>Detects above</b>: a difference larger than this, in any channel, would have been found.</dd></div>
</dl>`;
}
