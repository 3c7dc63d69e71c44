import { MEDIA } from "./style-media.ts";
import { SAMPLES } from "./style-samples.ts";

const FRAME = `
:root {
  --back: #f6f7f8; --card: #fff; --text: #1b1f24; --soft: #5d6670; --line: #e2e6ea; --edge: #848d97; --well: #f1f3f5;
  --pass: #17734a; --pass-back: #e7f6ee; --warn: #99540a; --warn-back: #fdf1de;
  --fail: #b92a30; --fail-back: #fdecec; --none: #5d6670; --none-back: #eceff2; --link: #1f5fbf; --bar: #3f78c4;
  --unproven: #7a3fa0; --unproven-back: #f4ebfa; --unchecked: #44546a; --unchecked-back: #e6ebf2;
  --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #101214; --card: #181b1f; --text: #e8eaed; --soft: #9aa3ad; --line: #2b3037; --edge: #6b7480; --well: #21252a;
    --pass: #56c590; --pass-back: #12291e; --warn: #e8a33d; --warn-back: #2d2210;
    --fail: #ff7f83; --fail-back: #371a1c; --none: #9aa3ad; --none-back: #23272c; --link: #86b3ff; --bar: #6d9fe8;
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
h3, h2.small { font-size: .8rem; color: var(--soft); text-transform: uppercase; letter-spacing: .06em; margin: 1.75rem 0 .6rem; }
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
.card > h2.small { margin-top: 0; }
details.card { padding: 0; }
details.card > summary { padding: 1rem 1.5rem; cursor: pointer; display: flex; flex-wrap: wrap; gap: .1rem .75rem; align-items: center; list-style: none; }
details.card > summary::-webkit-details-marker { display: none; }
details.card > summary::after { content: "▸"; margin-left: auto; color: var(--soft); }
details.card[open] > summary::after { content: "▾"; }
details.card > div { padding: 0 1.5rem 1.5rem; }
details.fold { margin-top: 1.25rem; }
details.fold > summary { list-style: none; }
details.fold > summary { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; margin-bottom: .5rem; }
details.fold > summary > h3 { margin: 0; }
details.fold > summary::before { content: "▸"; color: var(--soft); width: .6rem; margin-right: -.25rem; }
details.fold[open] > summary::before { content: "▾"; }
details:not(.card, .fold) { margin-top: .4rem; }
details:not(.card) > summary { cursor: pointer; color: var(--soft); font-size: .85rem; }
.strip { display: flex; flex-wrap: wrap; gap: .6rem 1.75rem; margin: 0 0 .9rem; font-size: .92rem; }
.strip dt { color: var(--soft); font-size: .78rem; }
.strip dd { margin: 0; font-weight: 550; overflow-wrap: anywhere; }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin-bottom: .75rem; font-size: .88rem; color: var(--soft); }
.controls[hidden] { display: none; }
input, select { font: inherit; color: var(--text); background: var(--back); border: 1px solid var(--edge); border-radius: .4rem; padding: .25rem .5rem; }
th > button { all: unset; cursor: pointer; color: inherit; }
th > button:hover { color: var(--text); text-decoration: underline; text-underline-offset: .2em; }
th > button:focus-visible, .wide:focus-visible, summary:focus-visible, a:focus-visible, input:focus-visible, select:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: .2rem; }
th[aria-sort=ascending] > button::after { content: " ▴"; }
th[aria-sort=descending] > button::after { content: " ▾"; }
.verdict { display: inline-flex; gap: .4rem; align-items: flex-start; }
.verdict .icon { margin-top: .15rem; }
td.cause { min-width: 14rem; }
.models .wide > table { min-width: 56rem; }
.models td:first-child { min-width: 9rem; }
.models td:nth-child(2) { min-width: 11rem; }
.models.many > .wide { max-height: 36rem; overflow: auto; border-bottom: 1px solid var(--line); }
.models.many thead th { position: sticky; top: 0; background: var(--card); box-shadow: inset 0 -1px var(--line); }
.next { display: block; }
.answer a code { color: var(--link); }
.legend { margin: 0; display: grid; gap: .45rem; font-size: .9rem; }
.legend > div { display: grid; grid-template-columns: 2rem 1fr; gap: .75rem; }
.legend dt { color: var(--soft); text-align: center; }
.legend dd { margin: 0; max-width: 46rem; }
.legend .room { width: 1.6rem; height: 1.5rem; margin: 0 auto; }
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
.checks > li { display: grid; grid-template-columns: 1.15rem 7.5rem 1fr; gap: .1rem .75rem; padding: .55rem 0; border-bottom: 1px solid var(--line); font-size: .95rem; }
.checks > li:last-child { border-bottom: 0; }
.checks .icon { margin-top: .2rem; }
.checks .name { font-weight: 600; overflow-wrap: anywhere; }
.checks .said { min-width: 0; overflow-wrap: anywhere; }
.checks .skip { color: var(--soft); }
`;

/** The one style sheet of all pages: light and dark, wide, narrow and on paper. */
export const STYLE = FRAME + SAMPLES + MEDIA;
