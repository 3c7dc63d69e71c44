/** The one style sheet of all pages: light and dark, wide, narrow and on paper. */
export const STYLE = `
:root {
  --back: #f6f7f8; --card: #fff; --text: #1b1f24; --soft: #5d6670; --line: #e2e6ea; --well: #f1f3f5;
  --pass: #17734a; --pass-back: #e7f6ee; --warn: #99540a; --warn-back: #fdf1de;
  --fail: #b92a30; --fail-back: #fdecec; --none: #5d6670; --none-back: #eceff2; --link: #1f5fbf;
  --unproven: #7a3fa0; --unproven-back: #f4ebfa; --unchecked: #44546a; --unchecked-back: #e6ebf2;
  --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #101214; --card: #181b1f; --text: #e8eaed; --soft: #9aa3ad; --line: #2b3037; --well: #21252a;
    --pass: #56c590; --pass-back: #12291e; --warn: #e8a33d; --warn-back: #2d2210;
    --fail: #ff7f83; --fail-back: #371a1c; --none: #9aa3ad; --none-back: #23272c; --link: #86b3ff;
    --unproven: #c99aec; --unproven-back: #2a1a36; --unchecked: #a9bcd6; --unchecked-back: #1c2430;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--back); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
main { padding-top: 2.5rem; }
footer { padding-top: 1.5rem; padding-bottom: 3rem; color: var(--soft); font-size: .85rem; }
h1, h2, h3 { line-height: 1.25; margin: 0; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; }
h2 { font-size: 1.2rem; }
h3 { font-size: .8rem; color: var(--soft); text-transform: uppercase; letter-spacing: .06em; margin: 1.75rem 0 .6rem; }
p { margin: .6rem 0 0; overflow-wrap: anywhere; max-width: 46rem; }
a { color: var(--link); text-underline-offset: .15em; }
code, pre, kbd { font-family: var(--mono); font-size: .875em; }
code { overflow-wrap: anywhere; }
pre {
  margin: .6rem 0 0; padding: .75rem 1rem; background: var(--well); border-radius: .5rem;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
.over { color: var(--soft); font-size: .85rem; margin-bottom: .5rem; }
.soft { color: var(--soft); }
.answer { display: grid; grid-template-columns: auto 1fr; gap: 0 1rem; align-items: start; padding: 1.4rem 1.5rem; border-radius: .9rem; }
.answer .icon { width: 2.1rem; height: 2.1rem; margin-top: .05rem; }
.answer.pass { background: var(--pass-back); }
.answer.warn { background: var(--warn-back); }
.answer.fail { background: var(--fail-back); }
.answer.unproven { background: var(--unproven-back); }
.answer.unchecked { background: var(--unchecked-back); }
.answer.none { background: var(--none-back); }
.icon { width: 1.15rem; height: 1.15rem; flex: none; }
.pass > .icon, .icon.pass { color: var(--pass); }
.warn > .icon, .icon.warn { color: var(--warn); }
.fail > .icon, .icon.fail { color: var(--fail); }
.unproven > .icon, .icon.unproven { color: var(--unproven); }
.unchecked > .icon, .icon.unchecked { color: var(--unchecked); }
.none > .icon, .icon.none { color: var(--none); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .9rem; padding: 1.25rem 1.5rem 1.5rem; margin-top: 1.25rem; }
.card > h3:first-child { margin-top: 0; }
details.card { padding: 0; }
details.card > summary { padding: 1rem 1.5rem; cursor: pointer; display: flex; flex-wrap: wrap; gap: .1rem .75rem; align-items: center; list-style: none; }
details.card > summary::-webkit-details-marker { display: none; }
details.card > summary::after { content: "▸"; margin-left: auto; color: var(--soft); }
details.card[open] > summary::after { content: "▾"; }
details.card > div { padding: 0 1.5rem 1.5rem; }
details:not(.card) { margin-top: .4rem; }
details:not(.card) > summary { cursor: pointer; color: var(--soft); font-size: .85rem; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.5rem; margin: 0; font-size: .92rem; }
.wide + .facts { margin-top: .9rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: 0 -.25rem; padding: 0 .25rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
.wide > table { min-width: 34rem; }
ul { margin: 0; padding-left: 1.2rem; }
li { overflow-wrap: anywhere; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .82rem; }
th, td { padding: .5rem .9rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > td { border-bottom: 0; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.hash { font-family: var(--mono); font-size: .74rem; line-height: 1.9rem; padding-top: .25rem; white-space: nowrap; }
.word { white-space: nowrap; margin-right: .6rem; }
td > code { overflow-wrap: normal; }
.checks { list-style: none; margin: 0; padding: 0; }
.checks > li { display: grid; grid-template-columns: 1.15rem 7rem 1fr; gap: .1rem .75rem; padding: .55rem 0; border-bottom: 1px solid var(--line); font-size: .95rem; }
.checks > li:last-child { border-bottom: 0; }
.checks .icon { margin-top: .2rem; }
.checks .name { font-weight: 600; overflow-wrap: anywhere; }
.checks .said { min-width: 0; overflow-wrap: anywhere; }
.checks .skip { color: var(--soft); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem .9rem; min-width: 0; }
.pair > .soft { grid-column: 1 / -1; font-size: .88rem; }
.more { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 1.25rem 1.5rem; margin-top: 1.25rem; }
.alone { max-width: 24rem; }
figure { margin: 0; min-width: 0; }
figure svg { display: block; width: 100%; height: auto; max-height: 34rem; border-radius: .5rem; background: var(--well); }
figcaption { margin-top: .45rem; font-size: .88rem; color: var(--soft); }
figcaption b { color: var(--text); font-weight: 600; }
.defs { position: absolute; width: 0; height: 0; }
.room { display: block; width: 13rem; height: 2.2rem; }
.room .allowed { fill: var(--pass-back); }
.room .axis { stroke: var(--line); }
.room .noise { stroke: var(--soft); }
.room .limit { stroke: var(--pass); }
.room .error { fill: var(--pass); }
.room.fail .error { fill: var(--fail); }
.room text { fill: var(--soft); font-size: 9px; font-family: inherit; }
.stages { display: block; width: 100%; max-width: 25rem; height: auto; margin: .35rem 0 .2rem; }
@media (max-width: 40rem) {
  main { padding-top: 1.25rem; }
  h1 { font-size: 1.35rem; }
  .answer { padding: 1.1rem; }
  .card { padding: 1rem; }
  details.card > summary { padding: .9rem 1rem; }
  details.card > div { padding: 0 1rem 1rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .5rem; }
  .checks > li { grid-template-columns: 1.15rem 1fr; }
  .checks .said { grid-column: 2; }
}
@media print {
  body { background: #fff; font-size: 11pt; }
  .card, .answer { break-inside: avoid; }
  details.card > summary::after { content: ""; }
}
`;
