import type { Contract } from "../contract/contract.ts";
import { numbersOf, type Tensor } from "../evidence/tensor.ts";
import { CHANNELS, toByte } from "./picture.ts";
import { type Normalize, parseSteps } from "./steps.ts";

/** Pixels for people: [height, width, red green blue], bytes. */
export interface SeenPixels {
  width: number;
  height: number;
  rgb: Uint8Array;
}

const LARGEST_SIDE = 4096;

/**
 * The picture of an input tensor's first image, by turning the contract's normalisation round; null for a tensor that is
 * no picture (four axes, one or three channels by the input's layout). Without a normalisation the values are stretched.
 */
export function tensorPicture(
  tensor: Tensor,
  contract: Pick<Contract, "inputs" | "preprocess"> | null,
): SeenPixels | null {
  const shape = shapeOf(tensor, contract?.inputs[0]?.layout);
  if (!shape) return null;

  const { width, height, channels, at } = shape;
  const values = numbersOf(tensor);
  const steps = contract ? parseSteps(contract.preprocess) : [];
  const normalize = Array.isArray(steps)
    ? steps.find((step) => step.kind === "normalize")
    : undefined;
  const byte = normalize ? denormalised(normalize) : stretched(values);
  const isBgr = orderOf(steps, normalize) === "bgr";

  const rgb = new Uint8Array(width * height * CHANNELS);
  for (let index = 0; index < rgb.length; index++) {
    const channel = index % CHANNELS;
    const from = Math.min(isBgr ? 2 - channel : channel, channels - 1);
    const value = values[at(Math.floor(index / CHANNELS), from)] ?? 0;
    rgb[index] = byte(value, from);
  }

  return { width, height, rgb };
}

interface PictureShape {
  width: number;
  height: number;
  channels: number;
  /** Place of a pixel's channel in the tensor. */
  at(pixel: number, channel: number): number;
}

function shapeOf({ dims }: Tensor, layout = "NCHW"): PictureShape | null {
  const [, a = 0, b = 0, c = 0] = dims;
  const isLast = layout === "NHWC";
  const [channels, height, width] = isLast ? [c, a, b] : [a, b, c];
  const isPicture =
    dims.length === 4 && (channels === 1 || channels === CHANNELS);
  const longest = Math.max(height, width);
  if (!isPicture || Math.min(height, width) < 2 || longest > LARGEST_SIDE)
    return null;

  const size = height * width;
  return {
    ...{ width, height, channels },
    at: (pixel, channel) =>
      isLast ? pixel * channels + channel : channel * size + pixel,
  };
}

type ToByte = (value: number, channel: number) => number;

function denormalised({ mean, std, largest }: Normalize): ToByte {
  return (value, channel) =>
    toByte(
      (value * (std[channel] ?? 1) + (mean[channel] ?? 0)) * (255 / largest),
    );
}

/** Bytes stay bytes; all other values from the least to the largest. */
function stretched(values: ArrayLike<number>): ToByte {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < values.length; at++) {
    least = Math.min(least, values[at] as number);
    most = Math.max(most, values[at] as number);
  }
  if (values instanceof Uint8Array) return (value) => value;

  return (value) => toByte(((value - least) / (most - least || 1)) * 255);
}

function orderOf(
  steps: ReturnType<typeof parseSteps>,
  normalize: Normalize | undefined,
): string | null {
  if (normalize?.order) return normalize.order;
  const decode = Array.isArray(steps)
    ? steps.find((step) => step.kind === "decode")
    : undefined;

  return decode?.kind === "decode" ? decode.order : null;
}
