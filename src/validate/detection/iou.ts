import type { Box } from "./boxes.ts";

/** Intersection over union of the first four corners. */
export function iou(left: Box, right: Box): number {
  const [ax1 = 0, ay1 = 0, ax2 = 0, ay2 = 0] = left.corners;
  const [bx1 = 0, by1 = 0, bx2 = 0, by2 = 0] = right.corners;
  const width = Math.max(0, Math.min(ax2, bx2) - Math.max(ax1, bx1));
  const height = Math.max(0, Math.min(ay2, by2) - Math.max(ay1, by1));
  const both = width * height;
  const all = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - both;

  return all > 0 ? both / all : 0;
}
