import { formatNumber } from "../format.ts";
import type { Preview } from "../report-model.ts";
import { type Content, html, type Markup } from "./markup.ts";
import { pngSize } from "./png-size.ts";

/** What both frameworks found in one picture; boxes are `[x1, y1, x2, y2, score, label]` in pixels of the input tensor. */
export interface BoxPair {
  case: string;
  source: readonly (readonly number[])[];
  edge: readonly (readonly number[])[];
}

const COLOURS = ["#ffd43b", "#4dabf7", "#ff8787", "#69db7c", "#da77f2", "#ffa94d", "#3bc9db", "#f783ac"];
/** More boxes than this hide the picture, unless the model is sure of them. */
const SHOWN = 20;
const SURE = 0.3;

/** The pictures that the model was tried on, for a detector once for each framework with its boxes. */
export function pictures(previews: readonly Preview[], pairs: readonly BoxPair[], classes: readonly string[]): Content {
  return previews.map((preview, index) => {
    const size = pngSize(preview.png);
    if (!size) return null;
    const id = `picture-${index}`;
    const pair = pairs.find((candidate) => candidate.case === preview.case);
    const figures = pair
      ? [
          figure(id, size, "Source framework", pair.source, classes),
          figure(id, size, "Edge model on ONNX Runtime", pair.edge, classes),
        ]
      : [plainFigure(id, size, preview.case)];
    return html`<svg class="defs" aria-hidden="true"><defs><image id="${id}" width="${size.width}" height="${size.height}" href="${dataUri(preview.png)}"/></defs></svg>
<div class="pictures">${figures}</div>${pair ? html`<p class="soft">Case <code>${preview.case}</code>, as the model sees it: the pixels of its input.</p>` : null}`;
  });
}

interface Size {
  width: number;
  height: number;
}

function plainFigure(id: string, { width, height }: Size, name: string): Markup {
  return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="sample picture"><use href="#${id}"/></svg><figcaption>Case <code>${name}</code>, as the model sees it: the pixels of its input.</figcaption></figure>`;
}

function figure(id: string, size: Size, title: string, boxes: BoxPair["source"], classes: readonly string[]): Markup {
  const sorted = boxes.filter(isBox).sort((a, b) => score(b) - score(a));
  const shown = sorted.filter((box, index) => index < SHOWN || score(box) >= SURE);
  const hidden = boxes.length - shown.length;
  const caption = `${boxes.length} ${boxes.length === 1 ? "box" : "boxes"}${hidden > 0 ? `, the ${shown.length} surest are drawn` : ""}`;
  const { width, height } = size;
  // The surest is drawn last, on top.
  return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${caption}"><use href="#${id}"/>${shown.reverse().map((box) => drawBox(box, size, classes))}</svg>
<figcaption><b>${title}</b> · ${caption}</figcaption></figure>`;
}

function drawBox(box: readonly number[], { width, height }: Size, classes: readonly string[]): Markup {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, , label = 0] = box;
  const colour = COLOURS[Math.abs(Math.trunc(label)) % COLOURS.length] ?? "#fff";
  const text = Math.max(7, Math.max(width, height) / 34);
  const name = classes[label] ?? `class ${label}`;
  const [left, top] = [Math.min(x1, x2), Math.min(y1, y2)];
  const below = top < text * 1.3;
  const strength = Math.min(1, Math.max(0.4, score(box) + 0.2)).toFixed(2);
  return html`<g opacity="${strength}"><rect x="${pixel(left)}" y="${pixel(top)}" width="${pixel(Math.abs(x2 - x1))}" height="${pixel(Math.abs(y2 - y1))}" fill="none" stroke="${colour}" stroke-width="2" vector-effect="non-scaling-stroke"/><text x="${pixel(left + text * 0.2)}" y="${pixel(below ? top + text * 1.1 : top - text * 0.35)}" font-size="${pixel(text)}" font-weight="600" font-family="system-ui, DejaVu Sans, sans-serif" fill="${colour}" stroke="#000" stroke-width="${pixel(text * 0.18)}" stroke-linejoin="round" paint-order="stroke">${name} ${formatNumber(Number(score(box).toFixed(2)))}</text></g>`;
}

function pixel(value: number): string {
  return String(Number(value.toFixed(2)));
}

function score(box: readonly number[]): number {
  return box[4] ?? 0;
}

function isBox(box: readonly number[]): boolean {
  return box.length >= 4 && box.every((value) => Number.isFinite(value));
}

function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
}
