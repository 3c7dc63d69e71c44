/** `[x1, y1, x2, y2, score, label]` in pixels of the input tensor. */
export type Box = readonly number[];

export function scoreOf(box: Box): number {
  return box[4] ?? 0;
}
