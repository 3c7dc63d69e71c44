import type { ReferenceCase, References } from "../evidence/references.ts";
import { numbersOf, sizeOf } from "../evidence/tensor.ts";
import { ALLOWED, levelsApart, planesOf } from "./compare.ts";
import { CLOSELY, explain, type Nearness } from "./diagnose-preprocessing.ts";
import { ALLOWED_DRIFT, drift } from "./drift.ts";
import { type BytePicture, CHANNELS } from "./picture.ts";
import { LARGEST, replay, sizeAfter } from "./replay.ts";
import { channelsOf, type Step } from "./steps.ts";

/** A picture as OpenCV decodes it, beside the input tensor that the source made of it. */
const PICTURE = "picture";
const MOST_PIXELS = 4 << 20;
const MOST_VALUES = CHANNELS * LARGEST;

/** What a replay finds: grey levels at the 99th percentile, and the problem in words where there is one. */
export interface Replayed {
  case: string;
  p99: number | null;
  problem: string | null;
}

/** Cases that have a picture. */
export function goldenCases(cases: readonly ReferenceCase[]): ReferenceCase[] {
  return cases.filter(({ aux }) => aux.has(PICTURE));
}

/** More than is replayed in a moment: a picture of over 4 megapixels, or an input of over 8. */
export function isTooLarge(
  { aux, inputs }: ReferenceCase,
  input: string,
): boolean {
  const [height = 0, width = 0] = aux.get(PICTURE)?.dims ?? [];
  return (
    width * height > MOST_PIXELS ||
    sizeOf(inputs.get(input)?.dims ?? []) > MOST_VALUES
  );
}

/** Makes the input again from the picture of a case, and compares. `input` is the name of the tensor. */
export async function replayCase(
  references: References,
  referenceCase: ReferenceCase,
  steps: readonly Step[],
  input: { name: string; layout?: unknown },
): Promise<Replayed> {
  const found = (
    problem: string | null,
    p99: number | null = null,
  ): Replayed => ({ case: referenceCase.name, p99, problem });

  const [pictureEntry, tensorEntry] = [
    referenceCase.aux.get(PICTURE),
    referenceCase.inputs.get(input.name),
  ];
  if (!pictureEntry || !tensorEntry)
    return found("it has no tensor beside its picture");

  const [height = 0, width = 0, channels] = pictureEntry.dims;
  if (
    pictureEntry.dtype !== "uint8" ||
    pictureEntry.dims.length !== 3 ||
    channels !== channelsOf(steps)
  )
    return found(
      `its picture is not [height, width, ${channelsOf(steps)}] of bytes`,
    );

  const source = planesOf(
    tensorEntry.dims,
    numbersOf(await references.read(tensorEntry)),
    input.layout,
  );

  if (source?.channels !== channels)
    return found(
      `its input ${tensorEntry.dims.join("×")} is not a picture of ${channels} channel${channels === 1 ? "" : "s"}`,
    );

  const size = sizeAfter(steps, { width, height });
  const bytes = (await references.read(pictureEntry)).data as Uint8Array;
  const data = channels === 1 ? threefold(bytes) : bytes;
  const picture: BytePicture = { width, height, data };
  const why = (nearness?: Nearness) => {
    const cause = explain(steps, picture, source, nearness);
    return cause ? `: judging by the source's input, ${cause}` : "";
  };

  if (!size || size.width !== source.width || size.height !== source.height)
    return found(
      `for a picture of ${width}×${height} it makes ${size ? `${size.width}×${size.height}` : "no picture"}, the source ${source.width}×${source.height}${why()}`,
    );

  const made = replay(steps, picture);
  const p99 = levelsApart(made, source, steps);
  if (p99 > ALLOWED)
    return found(
      `at the 99th percentile the pixels differ by ${grey(p99)}${why()}`,
      p99,
    );

  const together = drift(made, source, steps);

  return found(
    together > ALLOWED_DRIFT
      ? `all pixels of one value are off by up to ${grey(together)} together${why(CLOSELY)}`
      : null,
    p99,
  );
}

function grey(levels: number): string {
  return `${Number(levels.toPrecision(3))} grey levels of 255`;
}

/** A grey picture with three equal channels: each step does the same to all of them. */
function threefold(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * CHANNELS);
  for (let at = 0; at < data.length; at++)
    data[at] = grey[Math.floor(at / CHANNELS)] as number;

  return data;
}
