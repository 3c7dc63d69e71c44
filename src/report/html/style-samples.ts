/** Of samples side by side, of the marks in the tables, and of the legend. */
export const SAMPLES = `
.room { width: 1.6rem; height: 1.5rem; margin: 0 auto; }
.samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); gap: 1.25rem 1.5rem; }
.sample { min-width: 0; }
.sample.apart { grid-column: 1 / -1; }
.sample > .name { font-size: .88rem; margin-bottom: .4rem; overflow-wrap: anywhere; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr)); gap: .75rem 1rem; min-width: 0; }
.sample.apart > .sides { max-width: 52rem; }
.samples:has(.wide-sample) { grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); }
.wide-sample > .sides { grid-template-columns: 1fr 1fr; }
.sides.four { grid-template-columns: repeat(auto-fit, minmax(min(9rem, 45%), 1fr)); }
.guess { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: flex-start; }
.guess > .sides { flex: 1 1 11rem; }
.named { display: inline-flex; gap: .7rem; align-items: center; }
.named code { overflow-wrap: anywhere; }
.pic { width: 4rem; height: 3rem; object-fit: contain; border-radius: .35rem; flex: none; }
img.pic { background: var(--well); }
.models.pictures td:first-child { min-width: 14rem; }
.models.pictures td:nth-child(2) { min-width: 8rem; }
.models.pictures td { vertical-align: middle; }
.pictured { display: flex; flex-wrap: wrap; gap: 1rem 1.75rem; align-items: flex-start; }
.pictured > .strip { flex: 1 1 18rem; }
.pictured img { display: block; max-width: 100%; height: auto; border-radius: .5rem; background: var(--well); }
.thumb { width: 7rem; height: auto; border-radius: .5rem; background: var(--well); flex: none; }
.bars { font-size: .88rem; min-width: 0; }
.bars ol { list-style: none; margin: .25rem 0 0; padding: 0; }
.bars li { display: grid; grid-template-columns: minmax(4.5rem, 1fr) minmax(2rem, 1.3fr) 3.6rem; gap: .5rem; align-items: center; }
.bars svg { width: 100%; height: .5rem; border-radius: .25rem; display: block; }
.bars .back { fill: var(--well); }
.bars .score { fill: var(--bar); }
.bars .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg.map { shape-rendering: crispEdges; }
.map .same { fill: var(--well); }
.map .differs { fill: var(--fail); }
.key { white-space: nowrap; margin-right: .5rem; }
.key svg { display: inline-block; width: .7rem; height: .7rem; border-radius: .15rem; margin-right: .25rem; vertical-align: baseline; }
figure { margin: 0; min-width: 0; }
figure > svg { display: block; width: 100%; height: auto; max-height: 34rem; border-radius: .5rem; background: var(--well); }
figcaption { margin-top: .45rem; font-size: .88rem; color: var(--soft); }
figcaption b { color: var(--text); font-weight: 600; }
.note { margin-top: .5rem; font-size: .85rem; }
.defs { position: absolute; width: 0; height: 0; }
.room { display: block; width: 13rem; height: 2.2rem; }
.room .allowed { fill: var(--pass-back); }
.room .axis { stroke: var(--line); }
.room .noise { stroke: var(--soft); }
.room .limit { stroke: var(--pass); }
.room .error { fill: var(--pass); }
.room.fail .error { fill: var(--fail); }
.room.warn .error { fill: var(--warn); }
.room.unproven .allowed { fill: var(--none-back); }
.room.unproven .limit { stroke: var(--soft); stroke-dasharray: 2 2; }
.room.unproven .error { fill: var(--card); stroke: var(--unproven); stroke-width: 1.5; }
.room text { fill: var(--soft); font-size: 9px; font-family: inherit; }
.waiting { fill: #9aa3ad; }
.plan, .publish { fill: #6d9fe8; }
.download { fill: #b58bd0; }
.export { fill: #e0ac4f; }
.references { fill: #62b58a; }
.checks:not(ul) { fill: #e08585; }
.upload { fill: #4fb3c4; }
.lanes { display: grid; gap: .3rem; }
.lane { display: grid; grid-template-columns: minmax(5rem, 9rem) 1fr; gap: .75rem; align-items: center; font-size: .85rem; }
.lane code { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; overflow-wrap: normal; }
.lane svg { width: 100%; height: .9rem; background: var(--well); border-radius: .25rem; display: block; }
.lane.ends > div { display: flex; justify-content: space-between; color: var(--soft); font-size: .78rem; }
.stages { display: block; width: 100%; max-width: 25rem; height: auto; margin: .35rem 0 .2rem; }
`;
