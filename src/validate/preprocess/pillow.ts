import { type BytePicture, CHANNELS, emptyPicture } from "./picture.ts";

/** Bits of a weight behind the point (`PRECISION_BITS` of Pillow's Resample.c). */
const UNIT = 2 ** 22;

interface Filter {
  /** How far it reaches, in pixels of the larger picture. */
  support: number;
  at(x: number): number;
}

const FILTERS = {
  box: { support: 0.5, at: (x: number) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  hamming: { support: 1, at: hamming },
  linear: { support: 1, at: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  cubic: { support: 2, at: cubic },
  lanczos: {
    support: 3,
    at: (x: number) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0),
  },
} satisfies Record<string, Filter>;

/**
 * `PIL.Image.resize`, to the bit: first along rows, then along columns, each rounded to bytes. Where a picture shrinks
 * the filter widens, which OpenCV's does not.
 */
export function resizePillow(name: keyof typeof FILTERS) {
  return (picture: BytePicture, width: number, height: number): BytePicture => {
    const filter: Filter = FILTERS[name];
    const narrow =
      width === picture.width ? picture : resample(picture, width, filter);

    return height === picture.height
      ? narrow
      : transposed(resample(transposed(narrow), height, filter));
  };
}

/** `PIL.Image.resize(..., NEAREST)`: the pixel under the centre. */
export function resizePillowNearest(
  picture: BytePicture,
  width: number,
  height: number,
): BytePicture {
  const result = emptyPicture(width, height);
  const columns = centres(width, picture.width);

  for (const [y, row] of centres(height, picture.height).entries())
    for (const [x, column] of columns.entries()) {
      const from = (row * picture.width + column) * CHANNELS;
      result.data.set(
        picture.data.subarray(from, from + CHANNELS),
        (y * width + x) * CHANNELS,
      );
    }

  return result;
}

/** Summed up as in `ImagingScaleAffine`, whose rounding decides where a centre falls on a border. */
function centres(to: number, from: number): number[] {
  const scale = from / to;
  let centre = scale * 0.5;

  return Array.from({ length: to }, () => {
    const place = Math.min(from - 1, Math.floor(centre));
    centre += scale;
    return place;
  });
}

/** `ImagingResampleHorizontal_8bpc`. */
function resample(
  { data, width: from, height }: BytePicture,
  width: number,
  filter: Filter,
): BytePicture {
  const taps = Array.from({ length: width }, (_, place) =>
    tapsOf(place, from / width, from, filter),
  );

  const result = emptyPicture(width, height);

  for (let y = 0; y < height; y++)
    for (const [x, { first, weights }] of taps.entries())
      for (let channel = 0; channel < CHANNELS; channel++) {
        let sum = UNIT / 2;
        let at = (y * from + first) * CHANNELS + channel;
        for (let tap = 0; tap < weights.length; tap++, at += CHANNELS)
          sum += (weights[tap] as number) * (data[at] as number);
        result.data[(y * width + x) * CHANNELS + channel] = Math.min(
          255,
          Math.max(0, Math.floor(sum / UNIT)),
        );
      }

  return result;
}

/** `precompute_coeffs` and `normalize_coeffs_8bpc`. */
function tapsOf(
  place: number,
  scale: number,
  from: number,
  filter: Filter,
): { first: number; weights: Float64Array } {
  const widened = Math.max(1, scale);
  const support = filter.support * widened;
  const centre = (place + 0.5) * scale;
  const first = Math.max(0, Math.trunc(centre - support + 0.5));
  const end = Math.min(from, Math.trunc(centre + support + 0.5));
  const raw = Array.from({ length: end - first }, (_, tap) =>
    filter.at((tap + first - centre + 0.5) * (1 / widened)),
  );

  const sum = raw.reduce((total, weight) => total + weight, 0);

  return {
    first,
    weights: Float64Array.from(raw, (weight) =>
      fixedPoint(sum === 0 ? weight : weight / sum),
    ),
  };
}

function fixedPoint(weight: number): number {
  return Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * UNIT);
}

function transposed({ data, width, height }: BytePicture): BytePicture {
  const result = emptyPicture(height, width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < CHANNELS; channel++)
        result.data[(x * height + y) * CHANNELS + channel] = data[
          (y * width + x) * CHANNELS + channel
        ] as number;

  return result;
}

function cubic(value: number): number {
  const [a, x] = [-0.5, Math.abs(value)];
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

function hamming(value: number): number {
  const x = Math.abs(value);
  if (x === 0) return 1;
  if (x >= 1) return 0;

  const angle = x * Math.PI;

  return (Math.sin(angle) / angle) * (0.54 + 0.46 * Math.cos(angle));
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}
