import { CHANNELS } from "./picture.ts";
import { INTERPOLATIONS } from "./resize.ts";

type Order = "bgr" | "rgb";
/** [width, height], as OpenCV and mmcv write sizes. */
type Size = readonly [number, number];

export interface Resize {
  kind: "resize";
  /** `stretch` to the size; `keep_ratio` as large as fits into it; `short_edge` and `long_edge` to a length. */
  mode: "stretch" | "keep_ratio" | "short_edge" | "long_edge";
  to: Size;
  interp: string;
}

export interface Pad {
  kind: "pad";
  to: Size | "square" | { divisor: number };
  /** One for each channel, as they are when it pads. */
  value: readonly number[];
}

export interface Normalize {
  kind: "normalize";
  /** Channels of the result; null keeps them. */
  order: Order | null;
  mean: readonly number[];
  std: readonly number[];
  /** Of the pixels that mean and std are said for. */
  largest: 1 | 255;
}

/** Windows that are cut out of the result, one beside the other, the last one shifted inside. */
export interface Windows {
  kind: "windows";
  to: Size;
  /** How far one begins after the one before. */
  stride: Size;
}

/** One step of `contract.preprocess`, understood. */
export type Step = Decode | Resize | Crop | Pad | Normalize | Windows;

const AFTER_NORMALIZE: readonly Step["kind"][] = ["pad", "windows"];

interface Decode {
  kind: "decode";
  order: Order;
  /** Of a grey picture 1: it has three equal channels here, so that no order changes it. */
  channels: 1 | typeof CHANNELS;
}

interface Crop {
  kind: "crop";
  to: Size;
}

/** The steps, or the first that is beyond our words: a device's program has to know it, we cannot check it. */
export function parseSteps(
  said: readonly unknown[],
): Step[] | { beyond: string } {
  const steps: Step[] = [];
  for (const entry of said) {
    const step =
      typeof entry === "object" && entry !== null
        ? parseStep(entry as Record<string, unknown>, channelsOf(steps))
        : null;
    if (!step) return { beyond: JSON.stringify(entry).slice(0, 100) };
    steps.push(step);
  }

  const normalized = steps.findIndex(({ kind }) => kind === "normalize");
  const late =
    normalized < 0
      ? undefined
      : steps
          .slice(normalized + 1)
          .find(({ kind }) => !AFTER_NORMALIZE.includes(kind));

  return late ? { beyond: `${late.kind} after normalize` } : steps;
}

/** Of the picture that the steps decode. */
export function channelsOf(steps: readonly Step[]): Decode["channels"] {
  return steps.find((step) => step.kind === "decode")?.channels ?? CHANNELS;
}

function parseStep(
  said: Record<string, unknown>,
  channels: number,
): Step | null {
  if (said.decode !== undefined) return parseDecode(said);
  if (said.resize !== undefined) return parseResize(said);
  if (said.center_crop !== undefined)
    return sized(said.center_crop, (to) => ({ kind: "crop", to }));
  if (said.pad !== undefined) return parsePad(said, channels);
  if (said.windows !== undefined) return parseWindows(said.windows);

  return said.normalize === undefined
    ? null
    : parseNormalize(said.normalize, channels);
}

/** Bytes as OpenCV decodes them: other libraries decode JPEG to other pixels, floats are resized in another way. */
function parseDecode({
  decode,
  to,
  backend = "cv2",
}: Record<string, unknown>): Step | null {
  if (to !== undefined || backend !== "cv2") return null;

  if (decode === "gray8") return { kind: "decode", order: "bgr", channels: 1 };
  if (decode !== "bgr8" && decode !== "rgb8") return null;

  const order = decode === "bgr8" ? "bgr" : "rgb";
  return { kind: "decode", order, channels: CHANNELS };
}

function parseResize({
  resize,
  to,
  interp = "cv2.linear",
}: Record<string, unknown>): Step | null {
  const mode = resize === "exact" ? "stretch" : resize;
  if (
    mode !== "stretch" &&
    mode !== "keep_ratio" &&
    mode !== "short_edge" &&
    mode !== "long_edge"
  )
    return null;

  if (typeof interp !== "string" || !INTERPOLATIONS.has(interp)) return null;

  return sized(to, (size) => ({ kind: "resize", mode, to: size, interp }));
}

function parsePad(
  { pad, to, divisor, value = 0 }: Record<string, unknown>,
  channels: number,
): Step | null {
  const values = perChannel(value, channels);
  if (pad !== "bottom_right" || !values) return null;
  if (to === "square") return { kind: "pad", to, value: values };
  if (to !== undefined)
    return sized(to, (size) => ({ kind: "pad", to: size, value: values }));

  return isLength(divisor)
    ? { kind: "pad", to: { divisor }, value: values }
    : null;
}

function parseWindows(said: unknown): Step | null {
  const { size, stride, edge } = (said ?? {}) as Record<string, unknown>;
  if (edge !== "shifted_inside") return null;

  return sized(size, (to) =>
    sized(stride, (by) => ({ kind: "windows", to, stride: by })),
  );
}

function parseNormalize(said: unknown, channels: number): Step | null {
  const {
    order = null,
    range = "0..255",
    mean = 0,
    std = 1,
  } = (said ?? {}) as Record<string, unknown>;

  const [means, deviations] = [
    perChannel(mean, channels),
    perChannel(std, channels),
  ];

  if (
    (order !== null && order !== "bgr" && order !== "rgb") ||
    !means ||
    !deviations ||
    deviations.includes(0)
  )
    return null;

  if (range !== "0..255" && range !== "0..1") return null;

  return {
    kind: "normalize",
    order,
    mean: means,
    std: deviations,
    largest: range === "0..1" ? 1 : 255,
  };
}

function sized(said: unknown, make: (to: Size) => Step | null): Step | null {
  if (isLength(said)) return make([said, said]);
  const [width, height, ...others]: unknown[] = Array.isArray(said) ? said : [];

  return isLength(width) && isLength(height) && others.length === 0
    ? make([width, height])
    : null;
}

/** One number for all channels, or one for each; three in any case. */
function perChannel(said: unknown, channels: number): number[] | null {
  if (Array.isArray(said) && said.length !== channels) return null;

  const values = Array.from({ length: CHANNELS }, (_, channel): unknown =>
    Array.isArray(said) ? said[channel % channels] : said,
  );
  return values.every(Number.isFinite) ? (values as number[]) : null;
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
