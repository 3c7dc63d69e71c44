/** Pixels row by row, three channels each: [height, width, 3]. Bytes until it is normalised. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array | Float32Array;
}

/** A picture of bytes, as the resizing functions of OpenCV and Pillow take and give it. */
export interface BytePicture extends Picture {
  data: Uint8Array;
}

export const CHANNELS = 3;

export function emptyPicture(width: number, height: number): BytePicture {
  return { width, height, data: new Uint8Array(width * height * CHANNELS) };
}

/** The nearest integer, to the even one where two are as near: `cvRound` of OpenCV and `round` of Python. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;

  return below % 2 === 0 ? below : below + 1;
}

/** A byte from any number, saturated and rounded as `saturate_cast<uchar>` of OpenCV. */
export function toByte(value: number): number {
  return Math.min(255, Math.max(0, roundHalfEven(value)));
}
