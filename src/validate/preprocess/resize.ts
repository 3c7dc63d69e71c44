import { resizeArea } from "./cv2-area.ts";
import { resizeLinear } from "./cv2-linear.ts";
import { resizeNearest } from "./cv2-nearest.ts";
import { resizeCubic, resizeLanczos } from "./cv2-wide.ts";
import type { BytePicture } from "./picture.ts";
import { resizePillow, resizePillowNearest } from "./pillow.ts";

type Resize = (
  picture: BytePicture,
  width: number,
  height: number,
) => BytePicture;

/** By the contract's `interp`. */
export const INTERPOLATIONS: ReadonlyMap<string, Resize> = new Map<
  string,
  Resize
>([
  ["cv2.linear", resizeLinear],
  ["cv2.nearest", resizeNearest],
  ["cv2.area", resizeArea],
  ["cv2.cubic", resizeCubic],
  ["cv2.lanczos4", resizeLanczos],
  ["pillow.nearest", resizePillowNearest],
  ["pillow.box", resizePillow("box")],
  ["pillow.hamming", resizePillow("hamming")],
  ["pillow.linear", resizePillow("linear")],
  ["pillow.cubic", resizePillow("cubic")],
  ["pillow.lanczos", resizePillow("lanczos")],
]);
