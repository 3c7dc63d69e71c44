import type { MaskPicture } from "../../validate/parity/mask-picture.ts";
import { type CaseName, caseTitle } from "./case-title.ts";
import { classColour } from "./class-colour.ts";
import { html, type Markup } from "./markup.ts";
import type { Picture } from "./picture.ts";
import { both, type Sides } from "./sides.ts";

/** A segmentor's sample with the map of each side and where they differ; one map where no pixel does. */
export function maskFigure(
  picture: Picture | null,
  mask: MaskPicture,
  place: CaseName & { labels: readonly string[]; sides: Sides },
): Markup {
  const { pixels, different, source, edge, apart } = mask;
  const grid = (title: string, cells: string) =>
    mapFigure(mask, { title, cells, labels: place.labels });
  const input =
    picture &&
    html`${picture.embedded}<figure><svg viewBox="0 0 ${picture.width} ${picture.height}" role="img" aria-label="${place.file ?? place.name}">${picture.drawn}</svg><figcaption><b>Input</b></figcaption></figure>`;

  if (different === 0)
    return html`<div class="sample wide-sample"><div class="name">${caseTitle(place)}: all ${pixels} pixels have the same class</div><div class="sides">${input}${grid(both(place.sides), source)}</div></div>`;

  const part = Number(((different / pixels) * 100).toPrecision(2));
  return html`<div class="sample apart"><div class="name">${caseTitle(place)}: ${different} of ${pixels} pixels differ (${part} %)</div><div class="sides four">${input}${grid(place.sides.source, source)}${grid(place.sides.edge, edge)}${differenceFigure(mask, apart)}</div></div>`;
}

interface Run {
  label: number;
  from: number;
  to: number;
}

/** Cells in rows; a run that goes on in the next row is cut there. */
function runsOf(cells: string, { width, height }: MaskPicture): Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const word of cells.split(" ")) {
    const [label = 0, count = 0] = word.split("*").map(Number);
    for (let left = count; left > 0 && at < width * height; ) {
      const length = Math.min(left, width - (at % width));
      runs.push({ label, from: at, to: at + length });
      at += length;
      left -= length;
    }
  }

  return runs;
}

function pathOf(runs: readonly Run[], width: number): string {
  return runs
    .map(({ from, to }) => {
      const [x, y] = [from % width, Math.floor(from / width)];
      return `M${x} ${y}h${to - from}v1h${from - to}z`;
    })
    .join("");
}

const NAMED = 5;

function mapFigure(
  mask: MaskPicture,
  {
    title,
    cells,
    labels,
  }: { title: string; cells: string; labels: readonly string[] },
): Markup {
  const { width, height } = mask;
  const byLabel = byLabelOf(runsOf(cells, mask));
  const largest = [...byLabel].toSorted((a, b) => area(b[1]) - area(a[1]));
  const paths = largest.map(
    ([label, runs]) =>
      html`<path fill="${classColour(label)}" d="${pathOf(runs, width)}"/>`,
  );

  const names = largest
    .slice(0, NAMED)
    .map(
      ([label]) =>
        html`<span class="key"><svg viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" fill="${classColour(label)}"/></svg>${labels[label] ?? `class ${label}`}</span> `,
    );
  const rest = largest.length > NAMED && `and ${largest.length - NAMED} more`;

  return html`<figure><svg class="map" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: map of classes">${paths}</svg><figcaption><b>${title}</b> ${names}${rest}</figcaption></figure>`;
}

function area(runs: readonly Run[]): number {
  return runs.reduce((sum, { from, to }) => sum + to - from, 0);
}

function differenceFigure(mask: MaskPicture, apart: string): Markup {
  const { width, height } = mask;
  const cells = runsOf(apart, mask).filter(({ label }) => label === 1);

  return html`<figure><svg class="map" viewBox="0 0 ${width} ${height}" role="img" aria-label="where the two differ"><rect class="same" width="${width}" height="${height}"/><path class="differs" d="${pathOf(cells, width)}"/></svg><figcaption><b>Difference</b> red: another class</figcaption></figure>`;
}

function byLabelOf(runs: readonly Run[]): Map<number, Run[]> {
  const groups = new Map<number, Run[]>();
  for (const run of runs) {
    const group = groups.get(run.label) ?? [];
    group.push(run);
    groups.set(run.label, group);
  }

  return groups;
}
