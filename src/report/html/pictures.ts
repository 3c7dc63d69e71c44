import type { Preview } from "../report-model.ts";
import {
  type Box,
  type BoxPair,
  drawBoxes,
  drawnBoxes,
  type Size,
} from "./boxes.ts";
import { type Content, html, type Markup } from "./markup.ts";
import { pngSize } from "./png-size.ts";

/** One is large, the others are small. */
const MOST = 5;

export interface Pictures {
  previews: readonly Preview[];
  pairs: readonly BoxPair[];
  /** Class names by label. */
  classes: readonly string[];
  /** Its own in the page: pictures are defined once and used twice. */
  id: string;
  /** Whose boxes are beside the edge model's. */
  source: string;
  /** All boxes count, not only those that are as sure as the others. */
  all?: boolean;
}

/**
 * The pictures that the model was tried on, as the model sees them: for a detector once for each framework with its
 * boxes, and those with most boxes first.
 */
export function pictures(request: Pictures): Content {
  const { previews, pairs, id } = request;
  const known = previews.flatMap((preview) => {
    const pair =
      pairs.find((candidate) => candidate.case === preview.case) ?? null;
    const size = pngSize(preview.png);

    // A picture without boxes says nothing beside those that have them.
    return size && (pair || pairs.length === 0)
      ? [{ preview, pair, size }]
      : [];
  });

  const shown = known
    .sort((a, b) => boxCount(b.pair) - boxCount(a.pair))
    .slice(0, MOST);

  const markup = shown.map((picture, index) =>
    figureOf(picture, `${id}-${index}`, request),
  );
  if (markup.length === 0) return null;

  return html`${markup[0] ?? null}${markup.length > 1 && html`<div class="more">${markup.slice(1)}</div>`}
<p class="soft">The pixels are those of the model's input.</p>`;
}

interface Picture {
  preview: Preview;
  pair: BoxPair | null;
  size: Size;
}

function boxCount(pair: BoxPair | null): number {
  return pair ? pair.source.length + pair.edge.length : 0;
}

function figureOf(
  { preview, pair, size }: Picture,
  id: string,
  { classes, source, all = false }: Pictures,
): Markup {
  const { width, height } = size;
  const image = html`<svg class="defs" aria-hidden="true"><defs><image id="${id}" width="${width}" height="${height}" href="${dataUri(preview.png)}"/></defs></svg>`;
  if (!pair)
    return html`${image}<figure class="alone"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="case ${preview.case}"><use href="#${id}"/></svg><figcaption>Case <code>${preview.case}</code></figcaption></figure>`;

  const side = (title: string, boxes: readonly Box[]) => {
    const drawn = drawnBoxes(boxes, pair, all);
    const said = `${boxes.length} ${boxes.length === 1 ? "box" : "boxes"}${drawn.length < boxes.length ? `, the ${drawn.length} most confident are drawn` : ""}`;
    return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${said}"><use href="#${id}"/>${drawBoxes(drawn, size, classes)}</svg><figcaption><b>${title}</b> · ${said}</figcaption></figure>`;
  };

  return html`<div class="pair">${image}<div class="soft">Case <code>${preview.case}</code></div>${side(source, pair.source)}${side("Edge model", pair.edge)}</div>`;
}

function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
}
