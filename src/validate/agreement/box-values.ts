import {
  type Box,
  cornerDistance,
  readBoxes,
  scaleOf,
} from "../detection/boxes.ts";
import type { DetectionNames } from "../detection/detection-names.ts";
import { matchBoxes } from "../detection/match-boxes.ts";
import type { ReferenceCase, References } from "../evidence/references.ts";
import { ulp } from "../parity/channels.ts";
import { FACTOR, UNIT_FLOOR } from "../parity/float-rule.ts";
import type { Count } from "./agreement.ts";
import { type BoxImage, type BoxPair, matches } from "./box-agreement.ts";

/** How far rounding alone moves a score, and a corner in pixels. */
export interface BoxNoise {
  score: number;
  corner: number;
}

/** A case by what its source computed more than once. */
type NoisySource = Pick<ReferenceCase, "fp32" | "fp64" | "variants">;

/** Adds how far the same boxes of one image lie apart in single and in double precision. */
export function addBoxNoise(
  noise: BoxNoise,
  single: readonly Box[],
  exact: readonly Box[],
): void {
  const scale = scaleOf(exact);
  noise.corner = Math.max(noise.corner, 4 * ulp(scale, "float32"));

  for (const { left, right } of matchBoxes(single, exact, scale).pairs) {
    noise.score = Math.max(noise.score, Math.abs(left.score - right.score));
    noise.corner = Math.max(noise.corner, cornerDistance(left, right));
  }
}

/**
 * The same from the references of a case; where double precision is impossible, from single precision computed in other
 * ways, and without those what one rounding of a corner is.
 */
export async function addReadNoise(
  noise: BoxNoise,
  { read }: References,
  { dets, labels }: DetectionNames,
  { fp32, fp64, variants }: NoisySource,
): Promise<void> {
  const imagesOf = async (of: ReferenceCase["fp32"]) => {
    const boxes = of.get(dets);
    const classes = labels === null ? undefined : of.get(labels);

    return boxes
      ? readBoxes(await read(boxes), classes ? await read(classes) : null)
          .images
      : [];
  };

  const single = await imagesOf(fp32);
  const others = fp64.has(dets) ? [fp64] : [fp32, ...variants];
  for (const other of others)
    for (const [image, boxes] of (await imagesOf(other)).entries())
      addBoxNoise(noise, single[image] ?? [], boxes);
}

/** Of one case. */
export async function readBoxNoise(
  references: References,
  detections: DetectionNames | null,
  referenceCase: NoisySource,
): Promise<BoxNoise> {
  const noise = leastBoxNoise();
  if (detections)
    await addReadNoise(noise, references, detections, referenceCase);

  return noise;
}

export function leastBoxNoise(): BoxNoise {
  return { score: UNIT_FLOOR, corner: 0 };
}

/** Of boxes that have a match: what of its numbers they have, up to rounding. */
export interface SharedNumbers {
  all: number;
  /** Its corners or its score, and not the other. */
  part: number;
  none: number;
}

/** Of the confident boxes of one image. */
export function sharedNumbers(
  { edge, source }: BoxImage,
  confident: number,
  noise: BoxNoise,
): SharedNumbers {
  const shared: SharedNumbers = { all: 0, part: 0, none: 0 };
  for (const pair of matches(edge, source, confident).pairs) {
    const [score, corners] = [hasScore(pair, noise), hasCorners(pair, noise)];
    if (score && corners) shared.all += 1;
    else if (score || corners) shared.part += 1;
    else shared.none += 1;
  }

  return shared;
}

/**
 * How many boxes have the numbers of their match. Of boxes that overlap, a suppression that cuts them at the edges of
 * the picture keeps another one than a suppression that does not: so that a few with other corners and another score
 * do not count, and most of them do.
 */
export function countShared(all: readonly SharedNumbers[]): Count {
  const sum = (part: keyof SharedNumbers) =>
    all.reduce((total, shared) => total + shared[part], 0);
  const [same, part, none] = [sum("all"), sum("part"), sum("none")];
  const told = same + part;

  return { agreed: same, total: none > told ? told + none : told };
}

function hasScore({ box, match }: BoxPair, { score }: BoxNoise): boolean {
  return Math.abs(box.score - match.score) <= FACTOR * score;
}

function hasCorners({ box, match }: BoxPair, { corner }: BoxNoise): boolean {
  return cornerDistance(box, match) <= FACTOR * corner;
}
