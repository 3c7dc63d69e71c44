import { ALLOWED, levelsApart, type Planes } from "./compare.ts";
import { type Fit, fitContent } from "./fit.ts";
import { type BytePicture, CHANNELS, type Picture } from "./picture.ts";
import { replay, sizeAfter } from "./replay.ts";
import type { Normalize, Pad, Resize, Step } from "./steps.ts";

/** Resizings that are mistaken for each other. */
const COMMON = [
  "cv2.linear",
  "pillow.linear",
  "cv2.nearest",
  "cv2.area",
  "cv2.cubic",
  "pillow.cubic",
];

const MODES: { mode: Resize["mode"]; words: (to: Resize["to"]) => string }[] = [
  { mode: "stretch", words: (to) => `it was stretched to ${to.join("×")}` },
  {
    mode: "keep_ratio",
    words: (to) => `it was resized into ${to.join("×")} with its ratio kept`,
  },
  {
    mode: "short_edge",
    words: ([to]) => `its short edge was resized to ${to}`,
  },
  { mode: "long_edge", words: ([to]) => `its long edge was resized to ${to}` },
];

/** Other steps before the normalisation, and what is different in them. */
interface Geometry {
  differs: string[];
  steps: Step[];
}

/**
 * Which step the source did differently, in words; null where none of the usual mistakes explains its input. The
 * pixels before padding and normalising are fitted to it, so that any other mean, scale or order is found as well.
 */
export function explain(
  steps: readonly Step[],
  decoded: BytePicture,
  source: Planes,
): string | null {
  const normalize = steps.find((step) => step.kind === "normalize");
  const pad = steps.find((step) => step.kind === "pad");

  for (const { differs, steps: tried } of geometries(steps)) {
    const size = sizeAfter(tried, decoded);
    if (!size || size.width > source.width || size.height > source.height)
      continue;

    const content = replay(tried, decoded);
    for (const { where, left, top } of places(content, source)) {
      const fit = fitContent(content, source, left, top);
      if (!fit) continue;

      const padded =
        pad ||
        (content.width === source.width && content.height === source.height);

      const unsaid = padded ? [] : ["it was padded, which no step says"];
      const found = [
        ...differs,
        ...unsaid,
        ...(where ? [where] : []),
        ...normalizing(fit, normalize, currentOrder(steps)),
      ];

      const whole =
        found.length > 0 || !pad
          ? []
          : padding(steps, decoded, source, pad, normalize);

      const all = [...found, ...whole];

      return all.length > 0 ? all.join(", and ") : null;
    }
  }

  return null;
}

/** As said first, then one resizing changed in its way or its interpolation. Without decode order: all are blue first. */
function geometries(steps: readonly Step[]): Geometry[] {
  const own = steps.filter(({ kind }) => kind === "resize" || kind === "crop");
  const at = own.findIndex(({ kind }) => kind === "resize");
  const said = own[at];
  if (said?.kind !== "resize") return [{ differs: [], steps: own }];

  const variants: [string[], Partial<Resize>][] = [
    ...COMMON.filter((interp) => interp !== said.interp).map(
      (interp): [string[], Partial<Resize>] => [
        [`it was resized with ${interp}, not ${said.interp}`],
        { interp },
      ],
    ),
    ...MODES.filter(({ mode }) => mode !== said.mode).map(
      ({ mode, words }): [string[], Partial<Resize>] => [
        [words(said.to)],
        { mode },
      ],
    ),
  ];

  return [
    { differs: [], steps: own },
    ...variants.map(([differs, change]) => ({
      differs,
      steps: own.with(at, { ...said, ...change }),
    })),
  ];
}

/** Where the content may lie in what is larger than it. */
function places(
  { width, height }: Picture,
  source: Planes,
): { where: string | null; left: number; top: number }[] {
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
        0.01 * Math.abs(scale[channel] ?? 1) + 0.5,
    );

  const deviates = !fit.std.every(
    (value, channel) => Math.abs(value / (std[channel] ?? 1) - 1) <= 0.02,
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

/** The content is right: what lies around it is not. */
function padding(
  steps: readonly Step[],
  decoded: BytePicture,
  source: Planes,
  pad: Pad,
  normalize: Normalize | undefined,
): string[] {
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
