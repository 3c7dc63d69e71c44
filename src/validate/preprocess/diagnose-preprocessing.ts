import { ALLOWED, levelsApart, type Planes } from "./compare.ts";
import { type Fit, fitContent } from "./fit.ts";
import { type Geometry, geometries } from "./geometries.ts";
import { type BytePicture, CHANNELS, type Picture } from "./picture.ts";
import { replay, sizeAfter } from "./replay.ts";
import type { Normalize, Step } from "./steps.ts";

/** How near a fitted normalisation must be to the one that is said: grey levels of the mean, and shares of std. */
export interface Nearness {
  mean: number;
  meanOfStd: number;
  std: number;
}

const ROUGHLY: Nearness = { mean: 0.5, meanOfStd: 0.01, std: 0.02 };
/** Where each pixel is right within a level, the fit is better than this. */
export const CLOSELY: Nearness = { mean: 0.05, meanOfStd: 0, std: 3e-4 };

/**
 * Which step the source did differently, in words; null where none of the usual mistakes explains its input. The
 * pixels before padding and normalising are fitted to it, so that any other mean, scale or order is found as well.
 */
export function explain(
  steps: readonly Step[],
  decoded: BytePicture,
  source: Planes,
  nearness: Nearness = ROUGHLY,
): string | null {
  const pictures = { decoded, source };

  for (const geometry of geometries(steps)) {
    const found = fitGeometry(geometry, pictures);
    if (!found) continue;

    const differs = [
      ...geometry.differs,
      ...contentDifferences(steps, found, { source, nearness }),
    ];
    // The content is right: then what lies around it may not be.
    const all = differs.length > 0 ? differs : padding(steps, pictures);

    return all.length > 0 ? all.join(", and ") : null;
  }

  return null;
}

/** The picture as it was decoded, and what the source made of it. */
interface Pictures {
  decoded: BytePicture;
  source: Planes;
}

/** Where the content lies in the source's input, and how it was normalised there. */
interface Fitted {
  content: Picture;
  place: Place;
  fit: Fit;
}

function fitGeometry(
  { steps }: Geometry,
  { decoded, source }: Pictures,
): Fitted | null {
  const size = sizeAfter(steps, decoded);
  if (!size || size.width > source.width || size.height > source.height)
    return null;

  const content = replay(steps, decoded);
  for (const place of places(content, source)) {
    const fit = fitContent(content, source, place.left, place.top);
    if (fit) return { content, place, fit };
  }

  return null;
}

function contentDifferences(
  steps: readonly Step[],
  { content, place, fit }: Fitted,
  { source, nearness }: { source: Planes; nearness: Nearness },
): string[] {
  const isPadSaid = steps.some(({ kind }) => kind === "pad");
  const isWhole =
    content.width === source.width && content.height === source.height;

  return [
    ...(isPadSaid || isWhole
      ? []
      : ["it was padded, but no step describes it"]),
    ...(place.where ? [place.where] : []),
    ...normalizing(fit, normalizeOf(steps), currentOrder(steps), nearness),
  ];
}

function normalizeOf(steps: readonly Step[]): Normalize | undefined {
  return steps.find((step) => step.kind === "normalize");
}

/** A corner of the content, and in words where it is not the usual one. */
interface Place {
  where: string | null;
  left: number;
  top: number;
}

/** Where the content may lie in what is larger than it. */
function places({ width, height }: Picture, source: Planes): Place[] {
  const [across, down] = [source.width - width, source.height - height];
  const corner = { where: null, left: 0, top: 0 };
  if (across === 0 && down === 0) return [corner];

  return [
    corner,
    {
      where: "it was padded on all sides",
      left: Math.floor(across / 2),
      top: Math.floor(down / 2),
    },
    { where: "it was padded at the top and left", left: across, top: down },
  ];
}

function currentOrder(steps: readonly Step[]): "bgr" | "rgb" {
  const decode = steps.find((step) => step.kind === "decode");
  const normalize = steps.find((step) => step.kind === "normalize");
  return normalize?.order ?? decode?.order ?? "bgr";
}

/** What differs between the fitted normalisation and the one that is said. */
function normalizing(
  fit: Fit,
  said: Normalize | undefined,
  order: "bgr" | "rgb",
  nearness: Nearness,
): string[] {
  const is = fit.swapped ? "rgb" : "bgr";
  const unit = 255 / (said?.largest ?? 255);
  const mean = Array.from(
    { length: CHANNELS },
    (_, channel) => (said?.mean[channel] ?? 0) * unit,
  );

  const std = Array.from(
    { length: CHANNELS },
    (_, channel) => (said?.std[channel] ?? 1) * unit,
  );

  const near = (
    values: readonly number[],
    others: readonly number[],
    scale: readonly number[],
  ) =>
    values.every(
      (value, channel) =>
        Math.abs(value - (others[channel] ?? 0)) <=
        nearness.meanOfStd * Math.abs(scale[channel] ?? 1) + nearness.mean,
    );

  const deviates = !fit.std.every(
    (value, channel) =>
      Math.abs(value / (std[channel] ?? 1) - 1) <= nearness.std,
  );

  return [
    ...(is === order
      ? []
      : [`its channels are ${is.toUpperCase()}, not ${order.toUpperCase()}`]),
    ...(near(fit.mean, mean, std)
      ? []
      : [`its mean is ${list(fit.mean)}, not ${list(mean)}`]),
    ...(deviates ? [`its std is ${list(fit.std)}, not ${list(std)}`] : []),
  ];
}

/** With what it was padded, where that is all that differs. */
function padding(
  steps: readonly Step[],
  { decoded, source }: Pictures,
): string[] {
  const pad = steps.find((step) => step.kind === "pad");
  if (!pad) return [];

  const normalize = normalizeOf(steps);
  const unit = normalize ? 255 / normalize.largest : 1;
  const last = source.width * source.height - 1;
  const late =
    steps.indexOf(pad) > steps.findIndex(({ kind }) => kind === "normalize") &&
    normalize !== undefined;

  const raw = Array.from({ length: CHANNELS }, (_, channel) =>
    source.at(channel, last),
  );

  const pixels = raw.map(
    (value, channel) =>
      (value * (normalize?.std[channel] ?? 1) +
        (normalize?.mean[channel] ?? 0)) *
      unit,
  );

  const value = late ? raw : pixels.map(Math.round);
  const ordered =
    !late && normalize?.order === "rgb" ? value.toReversed() : value;
  const mended = steps.map((step) =>
    step === pad ? { ...pad, value: ordered } : step,
  );
  if (levelsApart(replay(mended, decoded), source, steps) > ALLOWED) return [];

  return [`it was padded with ${list(ordered)}, not ${list(pad.value)}`];
}

function list(values: readonly number[]): string {
  const texts = values.map((value) => Number(value.toPrecision(4)).toString());
  return new Set(texts).size === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
}
