import { decodePng, encodePng, type Pixels } from "./png.ts";

/** Pixels of a thumbnail's longer side. */
const LONGEST = 192;

/**
 * A small picture of a large one, each pixel the mean of those that it covers, as PNG; never larger than it was. Null for
 * bytes that `decodePng` does not take. The same picture gives the same bytes.
 */
export function thumbnail(png: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const pixels = decodePng(png);
  return pixels && encodePng(reduced(pixels));
}

function reduced(pixels: Pixels): Pixels {
  const { width, height } = pixels;
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const small: Pixels = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
    rgb: new Uint8Array(0),
  };
  small.rgb = new Uint8Array(small.width * small.height * 3);

  for (let y = 0; y < small.height; y += 1) {
    const [top, bottom] = span(y, height, small.height);
    for (let x = 0; x < small.width; x += 1) {
      const [left, right] = span(x, width, small.width);
      writeMean(
        pixels,
        { left, right, top, bottom },
        {
          ...{ rgb: small.rgb, at: (y * small.width + x) * 3 },
        },
      );
    }
  }

  return small;
}

/** Begin and end of the n-th of `of` equal parts of a length; at least 1 long, as `of` is never more than the length. */
function span(n: number, length: number, of: number): [number, number] {
  const begin = (part: number) => Math.floor((part * length) / of);
  return [begin(n), begin(n + 1)];
}

interface Area {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The mean of an area, rounded, as one pixel of `rgb`. */
function writeMean(
  { width, rgb: from }: Pixels,
  { left, right, top, bottom }: Area,
  { rgb, at }: { rgb: Uint8Array; at: number },
): void {
  const count = (right - left) * (bottom - top);

  for (let channel = 0; channel < 3; channel += 1) {
    let sum = 0;
    for (let y = top; y < bottom; y += 1)
      for (let x = left; x < right; x += 1)
        sum += from[(y * width + x) * 3 + channel] ?? 0;

    rgb[at + channel] = Math.round(sum / count);
  }
}
