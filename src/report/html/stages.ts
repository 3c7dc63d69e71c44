import { formatSeconds } from "../format.ts";
import { html, type Markup } from "./markup.ts";

const COLOURS = [
  "#7aa7e0",
  "#8fc7a6",
  "#e3b765",
  "#c79bd6",
  "#e08f8f",
  "#9aa3ad",
];
const WIDTH = 400;

/** Where the time went: one bar, and the stages in words. */
export function stageBar(
  stages: readonly (readonly [string, number])[],
): Markup {
  const total = stages.reduce((sum, [, seconds]) => sum + seconds, 0);
  let start = 0;
  const blocks = stages.map(([, seconds], index) => {
    const width = (seconds / total) * WIDTH;
    const block = html`<rect x="${start.toFixed(1)}" y="0" width="${Math.max(0, width - 1).toFixed(1)}" height="8" rx="2" fill="${COLOURS[index % COLOURS.length] ?? ""}"/>`;
    start += width;

    return block;
  });

  const words = stages
    .map(([name, seconds]) => `${name} ${formatSeconds(seconds)}`)
    .join(", ");

  return html`<svg class="stages" viewBox="0 0 ${WIDTH} 8" role="img" aria-label="${words}">${blocks}</svg><span class="soft">${words}</span>`;
}
