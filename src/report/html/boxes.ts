import { formatNumber } from "../format.ts";
import { type Box, scoreOf } from "./box.ts";
import { classColour } from "./class-colour.ts";
import type { SeenBox } from "./compare-boxes.ts";
import { html, type Markup } from "./markup.ts";

/** What both frameworks found in one picture. */
export interface BoxPair {
  case: string;
  source: readonly Box[];
  edge: readonly Box[];
}

export interface Size {
  width: number;
  height: number;
}

/** More boxes than this, or faint ones beside sure ones, would hide the picture. */
const MOST = 20;
const FAINT = 0.5;

/**
 * The boxes that are drawn, most confident first: the same rule for both sides of a pair. What the other side does not
 * have is drawn before all others. `all`: also those that are faint.
 */
export function drawnBoxes(
  boxes: readonly SeenBox[],
  pair: BoxPair,
  all: boolean,
): SeenBox[] {
  const best = [...pair.source, ...pair.edge].reduce(
    (most, box) => Math.max(most, scoreOf(box)),
    0,
  );
  return boxes
    .filter(
      ({ box, isShared }) => all || !isShared || scoreOf(box) >= best * FAINT,
    )
    .sort(
      (a, b) =>
        Number(a.isShared) - Number(b.isShared) ||
        scoreOf(b.box) - scoreOf(a.box),
    )
    .slice(0, MOST);
}

/**
 * Rectangles and, where there is room, class and score; the most confident comes last, on top. Where some boxes are of
 * one side alone, the others are thin and have no caption.
 */
export function drawBoxes(
  boxes: readonly SeenBox[],
  size: Size,
  classes: readonly string[],
): Markup[] {
  const taken: Place[] = [];
  const isMixed = boxes.some(({ isShared }) => !isShared);
  const drawn = boxes.map(({ box, isShared }) =>
    isMixed && isShared
      ? rectangle(box, "thin")
      : html`${rectangle(box, isMixed ? "apart" : "same")}${caption(box, size, classes, taken)}`,
  );

  return drawn.reverse();
}

const STROKES = {
  thin: html`stroke-width="1" stroke-dasharray="3 3"`,
  same: html`stroke-width="2"`,
  apart: html`stroke-width="4"`,
};

function rectangle(box: Box, how: keyof typeof STROKES): Markup {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box;
  return html`<rect x="${pixel(Math.min(x1, x2))}" y="${pixel(Math.min(y1, y2))}" width="${pixel(Math.abs(x2 - x1))}" height="${pixel(Math.abs(y2 - y1))}" fill="none" stroke="${colourOf(box)}" ${STROKES[how]} vector-effect="non-scaling-stroke"/>`;
}

interface Place {
  x: number;
  y: number;
  width: number;
}

/** Nothing where a surer box's caption already stands. */
function caption(
  box: Box,
  { width, height }: Size,
  classes: readonly string[],
  taken: Place[],
): Markup | null {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, , label = 0] = box;
  const text = `${classes[label] ?? `class ${label}`} ${formatNumber(Number(scoreOf(box).toFixed(2)))}`;
  const size = Math.max(width, height) / 26;
  const length = text.length * size * 0.62;
  const top = Math.min(y1, y2);
  const place = {
    x: Math.max(0, Math.min(Math.min(x1, x2), width - length)),
    y: top < size * 1.4 ? top + size * 1.15 : top - size * 0.4,
    width: length,
  };

  const isFree = taken.every(
    (other) =>
      Math.abs(other.y - place.y) > size * 1.2 ||
      place.x > other.x + other.width ||
      other.x > place.x + place.width,
  );
  if (!isFree) return null;

  taken.push(place);

  return html`<text x="${pixel(place.x)}" y="${pixel(place.y)}" font-size="${pixel(size)}" font-weight="600" font-family="system-ui, DejaVu Sans, sans-serif" fill="${colourOf(box)}" stroke="#000" stroke-width="${pixel(size * 0.18)}" stroke-linejoin="round" paint-order="stroke">${text}</text>`;
}

function colourOf([, , , , , label = 0]: Box): string {
  return classColour(label);
}

function pixel(value: number): string {
  return String(Number(value.toFixed(2)));
}
