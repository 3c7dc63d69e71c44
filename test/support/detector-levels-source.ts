import {
  CELLS,
  CHANNELS,
  CLASSES,
  cornersOf,
  KEPT,
  LEVELS,
  SIZE,
  THRESHOLD,
} from "./detector-levels-model.ts";

type Rounding = (value: number) => number;

/** Pictures, [batch, channels, size, size]. */
interface LevelInput {
  x: number[];
  batch: number;
}

/** Scores of one level before sigmoid, [batch, classes, cells]. */
export function headOf(
  { x, batch }: LevelInput,
  { step, level }: { step: number; level: number },
  rounded: Rounding,
): number[] {
  const { kernels = [], bias = [] } = LEVELS[level] ?? {};
  const side = SIZE / step;
  const mean = (image: number, channel: number, cell: number) => {
    let sum = 0;
    for (let row = 0; row < step; row++)
      for (let column = 0; column < step; column++) {
        const place =
          (step * Math.floor(cell / side) + row) * SIZE +
          step * (cell % side) +
          column;
        sum = rounded(
          sum + (x[(image * CHANNELS + channel) * CELLS[0] + place] ?? 0),
        );
      }
    return rounded(sum / step ** 2);
  };
  return Array.from({ length: batch * CLASSES * side ** 2 }, (_, at) => {
    const [cell, kind, image] = [
      at % side ** 2,
      Math.floor(at / side ** 2) % CLASSES,
      Math.floor(at / side ** 2 / CLASSES),
    ];
    const part = (channel: number) =>
      rounded(
        (kernels[kind * CHANNELS + channel] ?? 0) * mean(image, channel, cell),
      );
    return rounded(rounded(part(0) + part(1)) + (bias[kind] ?? 0));
  });
}

/** The best cells of all levels as boxes. */
export function detect(
  levels: number[][],
  batch: number,
  rounded: Rounding,
): { dets: number[]; labels: number[] } {
  const corners = cornersOf();
  const result: { dets: number[]; labels: number[] } = { dets: [], labels: [] };
  for (let image = 0; image < batch; image++) {
    const cells = levels.flatMap((values, level) => {
      const count = CELLS[level] ?? 0;
      return Array.from({ length: count }, (_, cell) => {
        const scores = Array.from({ length: CLASSES }, (_, kind) => {
          const logit = values[(image * CLASSES + kind) * count + cell] ?? 0;
          return rounded(1 / (1 + rounded(Math.exp(-logit))));
        });
        const score = Math.max(...scores);
        return {
          place: cell + (level === 0 ? 0 : CELLS[0]),
          score,
          label: scores.indexOf(score),
        };
      });
    });
    for (const { place, score, label } of cells
      .sort((a, b) => b.score - a.score)
      .slice(0, KEPT)) {
      result.dets.push(
        ...corners.slice(4 * place, 4 * place + 4),
        score > THRESHOLD ? score : 0,
      );
      result.labels.push(label);
    }
  }
  return result;
}
