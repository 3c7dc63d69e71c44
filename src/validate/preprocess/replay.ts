import { type BytePicture, CHANNELS, type Picture } from "./picture.ts";
import { INTERPOLATIONS } from "./resize.ts";
import { cropWindow, firstWindow, paddedSize, resizedSize } from "./sizes.ts";
import type { Normalize, Pad, Resize, Step } from "./steps.ts";

/** Pixels of the largest input that is made: 8 megapixels; pictures on the way may have more. */
export const LARGEST = 2 ** 23;
const MOST_BETWEEN = 2 * LARGEST;

interface Size {
  width: number;
  height: number;
}

/** The size that the steps give, without making a picture. Null where one on the way is empty or too large to be made. */
export function sizeAfter(steps: readonly Step[], size: Size): Size | null {
  let now: Size = { width: size.width, height: size.height };
  for (const step of steps) {
    const { height: before } = now;
    if (step.kind === "resize") now = resizedSize(now, step);
    if (step.kind === "crop") now = cropWindow(now, step.to);
    if (step.kind === "pad") now = paddedSize(now, step);
    if (step.kind === "windows") now = firstWindow(now, step.to);

    // Rows are resized before columns.
    const between = now.width * Math.max(before, now.height);
    if (now.width < 1 || now.height < 1 || between > MOST_BETWEEN) return null;
  }

  return now;
}

/**
 * What a device's program makes of a picture that OpenCV decoded (blue first): pixels [height, width, 3] in the
 * tensor's order of channels. The caller has checked the sizes with `sizeAfter`.
 */
export function replay(steps: readonly Step[], decoded: BytePicture): Picture {
  const start: Replay = { picture: decoded, order: "bgr" };
  return steps.reduce(afterStep, start).picture;
}

/** A picture, and the order of its channels. */
interface Replay {
  picture: Picture;
  order: string;
}

function afterStep({ picture, order }: Replay, step: Step): Replay {
  switch (step.kind) {
    case "decode":
      return inOrder(picture, order, step.order);
    case "resize":
      return { picture: resize(picture as BytePicture, step), order };
    case "crop":
      return { picture: crop(picture, cropWindow(picture, step.to)), order };
    case "pad":
      return { picture: pad(picture, step), order };
    case "windows":
      return { picture: crop(picture, firstWindow(picture, step.to)), order };
    case "normalize": {
      const turned = inOrder(picture, order, step.order ?? order);
      return { ...turned, picture: normalize(turned.picture, step) };
    }
  }
}

function inOrder(picture: Picture, is: string, order: string): Replay {
  return { picture: is === order ? picture : swapped(picture), order };
}

function resize(picture: BytePicture, step: Resize): BytePicture {
  const { width, height } = resizedSize(picture, step);
  return INTERPOLATIONS.get(step.interp)?.(picture, width, height) ?? picture;
}

function crop(
  picture: Picture,
  { left, top, width, height }: ReturnType<typeof cropWindow>,
): Picture {
  const data = blank(picture, width * height * CHANNELS);

  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * CHANNELS;
    data.set(
      picture.data.subarray(from, from + width * CHANNELS),
      y * width * CHANNELS,
    );
  }

  return { width, height, data };
}

function pad(picture: Picture, step: Pad): Picture {
  const { width, height } = paddedSize(picture, step);
  const data = blank(picture, width * height * CHANNELS);
  for (let at = 0; at < data.length; at++)
    data[at] = step.value[at % CHANNELS] ?? 0;
  const line = picture.width * CHANNELS;
  for (let y = 0; y < picture.height; y++)
    data.set(
      picture.data.subarray(y * line, (y + 1) * line),
      y * width * CHANNELS,
    );

  return { width, height, data };
}

/** In float32, as PyTorch computes it. */
function normalize(
  { width, height, data }: Picture,
  { mean, std, largest }: Normalize,
): Picture {
  const result = new Float32Array(data.length);
  const [means, deviations] = [Float32Array.from(mean), Float32Array.from(std)];
  const unit = largest === 1 ? Math.fround(1 / 255) : 1;

  for (let at = 0; at < data.length; at++) {
    const channel = at % CHANNELS;
    const value = Math.fround((data[at] as number) * unit);
    result[at] =
      Math.fround(value - (means[channel] as number)) /
      (deviations[channel] as number);
  }

  return { width, height, data: result };
}

function swapped({ width, height, data }: Picture): Picture {
  const result = data.slice();
  for (let at = 0; at < data.length; at += CHANNELS) {
    result[at] = data[at + 2] as number;
    result[at + 2] = data[at] as number;
  }

  return { width, height, data: result };
}

function blank({ data }: Picture, size: number): Picture["data"] {
  return data instanceof Uint8Array
    ? new Uint8Array(size)
    : new Float32Array(size);
}
