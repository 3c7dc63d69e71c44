/** On a narrow screen and on paper. */
export const MEDIA = `
@media (max-width: 40rem) {
  .strip { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem 1rem; }
  .controls > * { width: 100%; }
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

@page { size: A4; margin: 14mm 12mm; }
@media print {
  :root {
    --back: #fff; --card: #fff; --text: #000; --soft: #444; --line: #ccc; --edge: #888; --well: #f1f3f5;
    --pass: #17734a; --pass-back: #e7f6ee; --warn: #99540a; --warn-back: #fdf1de; --fail: #b92a30; --fail-back: #fdecec;
    --none: #444; --none-back: #eceff2; --link: #000; --unproven: #7a3fa0; --unproven-back: #f4ebfa;
    --unchecked: #44546a; --unchecked-back: #e6ebf2; --bar: #3f78c4;
    color-scheme: light;
  }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  html { font-size: 9pt; }
  body { font-size: 9pt; }
  main, footer { max-width: none; padding: 0; }
  .card { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: .8rem 0; margin-top: .8rem; }
  details.card > summary, details.card > div { padding-left: 0; padding-right: 0; }
  details.card > summary::after, details.card[open] > summary::after, details.fold > summary::before { content: ""; display: none; }
  summary { list-style: none; }
  details::details-content { content-visibility: visible; height: auto; display: block; }
  .controls { display: none; }
  .models.many > .wide { max-height: none; overflow: visible; }
  .models .wide > table, .models td.cause { min-width: 0; }
  .models td:first-child, .models td:nth-child(2) { min-width: 7rem; }
  .models.many thead th { position: static; }
  .wide { overflow: visible; margin: 0; padding: 0; }
  .wide > table { min-width: 0; font-size: 8pt; }
  th, td { padding: .3rem .5rem .3rem 0; }
  td { overflow-wrap: anywhere; }
  td.hash { white-space: normal; line-height: 1.4; font-size: 7pt; }
  td > code { overflow-wrap: anywhere; }
  td.cause { min-width: 0; }
  .room { width: 8rem; }
  .answer, figure, tr, .checks > li, .bars, .strip { break-inside: avoid; }
  h2, h3, summary { break-after: avoid; }
  pre { white-space: pre-wrap; font-size: 7pt; padding: .4rem .6rem; }
}
`;
