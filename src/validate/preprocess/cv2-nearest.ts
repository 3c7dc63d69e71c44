import { type BytePicture, CHANNELS, emptyPicture } from "./picture.ts";

/** `cv2.resize(..., INTER_NEAREST)`: the pixel at floor(x · scale), not that at the centre. */
export function resizeNearest(
  picture: BytePicture,
  width: number,
  height: number,
): BytePicture {
  const result = emptyPicture(width, height);
  const columns = places(width, picture.width);

  for (const [y, row] of places(height, picture.height).entries())
    for (const [x, column] of columns.entries()) {
      const from = (row * picture.width + column) * CHANNELS;
      const to = (y * width + x) * CHANNELS;
      for (let channel = 0; channel < CHANNELS; channel++)
        result.data[to + channel] = picture.data[from + channel] ?? 0;
    }

  return result;
}

function places(to: number, from: number): number[] {
  const scale = 1 / (to / from);
  return Array.from({ length: to }, (_, place) =>
    Math.min(from - 1, Math.floor(place * scale)),
  );
}
