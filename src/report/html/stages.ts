import { formatSeconds } from "../format.ts";
import { html, type Markup } from "./markup.ts";
import { kindOf, stepWords } from "./step-words.ts";

const WIDTH = 400;

/** Where the time went: one bar, and the stages in words. */
export function stageBar(
  stages: readonly (readonly [string, number])[],
): Markup {
  const total = stages.reduce((sum, [, seconds]) => sum + seconds, 0);
  let start = 0;
  const blocks = stages.map(([name, seconds]) => {
    const width = (seconds / total) * WIDTH;
    const block = html`<rect class="${kindOf(name)}" x="${start.toFixed(1)}" y="0" width="${Math.max(0, width - 1).toFixed(1)}" height="8" rx="2"/>`;
    start += width;

    return block;
  });

  const words = stages
    .map(([name, seconds]) => `${stepWords(name)} ${formatSeconds(seconds)}`)
    .join(", ");

  return html`<svg class="stages" viewBox="0 0 ${WIDTH} 8" role="img" aria-label="${words}">${blocks}</svg><span class="soft">${words}</span>`;
}
