import { roundHalfEven } from "./picture.ts";
import type { Pad, Resize } from "./steps.ts";

interface Size {
  width: number;
  height: number;
}

/** What `mmcv` and `mmpretrain` round a resized picture's sides to. */
export function resizedSize(
  { width, height }: Size,
  { mode, to: [across, down] }: Resize,
): Size {
  if (mode === "stretch") return { width: across, height: down };

  if (mode === "keep_ratio") {
    // The larger number is for the longer side, however the picture lies (`mmcv.rescale_size`).
    const [long, short] = [Math.max(across, down), Math.min(across, down)];
    const scale = Math.min(
      long / Math.max(width, height),
      short / Math.min(width, height),
    );

    return {
      width: Math.trunc(width * scale + 0.5),
      height: Math.trunc(height * scale + 0.5),
    };
  }

  const byWidth = mode === "short_edge" ? width < height : width > height;

  return byWidth
    ? { width: across, height: Math.trunc((across * height) / width) }
    : { width: Math.trunc((across * width) / height), height: across };
}

/** `mmcv.impad`: a picture that is larger already stays so. */
export function paddedSize({ width, height }: Size, { to }: Pad): Size {
  if (to === "square")
    return { width: Math.max(width, height), height: Math.max(width, height) };
  if (!("divisor" in to))
    return { width: Math.max(width, to[0]), height: Math.max(height, to[1]) };

  const up = (side: number) => Math.ceil(side / to.divisor) * to.divisor;

  return { width: up(width), height: up(height) };
}

/** The window of a centre crop: never larger than the picture, its corner rounded half to even (`CenterCrop`). */
export function cropWindow(
  { width, height }: Size,
  [across, down]: readonly [number, number],
): Size & {
  left: number;
  top: number;
} {
  const size = {
    width: Math.min(width, across),
    height: Math.min(height, down),
  };
  return {
    ...size,
    left: roundHalfEven((width - size.width) / 2),
    top: roundHalfEven((height - size.height) / 2),
  };
}

/** The upper left of the windows that a device cuts: never larger than the picture. */
export function firstWindow(
  { width, height }: Size,
  [across, down]: readonly [number, number],
): ReturnType<typeof cropWindow> {
  return {
    width: Math.min(width, across),
    height: Math.min(height, down),
    left: 0,
    top: 0,
  };
}
