import { formatNumber } from "../format.ts";
import { html, type Markup } from "./markup.ts";

/** `[x1, y1, x2, y2, score, label]` in pixels of the input tensor. */
export type Box = readonly number[];

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

const COLOURS = [
  "#ffd43b",
  "#4dabf7",
  "#ff8787",
  "#69db7c",
  "#da77f2",
  "#ffa94d",
  "#3bc9db",
  "#f783ac",
];
/** More boxes than this, or faint ones beside sure ones, would hide the picture. */
const MOST = 20;
const FAINT = 0.5;

/** The boxes that are drawn, most confident first: the same rule for both sides of a pair. `all`: also those that are faint. */
export function drawnBoxes(
  boxes: readonly Box[],
  pair: BoxPair,
  all: boolean,
): Box[] {
  const best = [...pair.source, ...pair.edge].reduce(
    (most, box) => Math.max(most, scoreOf(box)),
    0,
  );
  return boxes
    .filter((box) => all || scoreOf(box) >= best * FAINT)
    .sort((a, b) => scoreOf(b) - scoreOf(a))
    .slice(0, MOST);
}

/** Rectangles and, where there is room, class and score. The most confident comes last, on top. */
export function drawBoxes(
  boxes: readonly Box[],
  size: Size,
  classes: readonly string[],
): Markup[] {
  const taken: Place[] = [];
  const drawn = boxes.map(
    (box) => html`${rectangle(box)}${caption(box, size, classes, taken)}`,
  );

  return drawn.reverse();
}

function rectangle(box: Box): Markup {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box;
  return html`<rect x="${pixel(Math.min(x1, x2))}" y="${pixel(Math.min(y1, y2))}" width="${pixel(Math.abs(x2 - x1))}" height="${pixel(Math.abs(y2 - y1))}" fill="none" stroke="${colourOf(box)}" stroke-width="2" vector-effect="non-scaling-stroke"/>`;
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
  const size = Math.max(width, height) / 32;
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
  return COLOURS[Math.abs(Math.trunc(label)) % COLOURS.length] ?? "#fff";
}

export function scoreOf(box: Box): number {
  return box[4] ?? 0;
}

function pixel(value: number): string {
  return String(Number(value.toFixed(2)));
}
