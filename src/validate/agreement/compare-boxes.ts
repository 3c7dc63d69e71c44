import type { BoxPicture } from "../detection/box-picture.ts";
import { type Box, type BoxSet, readBoxes } from "../detection/boxes.ts";
import type { KeepRule } from "../detection/keep-rule.ts";
import type { ReferenceCase } from "../evidence/references.ts";
import { isFloat } from "../evidence/tensor.ts";
import {
  type Agreement,
  addCount,
  emptyAgreement,
  type OwnResult,
  rateOf,
  SAID,
} from "./agreement.ts";
import {
  agreedBoxes,
  type BoxImage,
  clipped,
  confidentScore,
  mostConfident,
  type PictureSize,
} from "./box-agreement.ts";
import { decisionCause } from "./decision-cause.ts";
import type { DetectionRequest } from "./own-request.ts";

interface BoxCase {
  name: string;
  isReal: boolean;
  images: BoxImage[];
}

/** How many confident boxes of both sides have a match on the other, over all cases. */
export async function compareBoxes(
  own: OwnResult,
  request: DetectionRequest,
): Promise<Agreement> {
  const { cases, detections, keep } = request;
  const result = emptyAgreement(own, detections.dets, "boxes");
  const gathered: BoxCase[] = [];

  for (const referenceCase of cases) {
    const sides = await readSides(own, request, referenceCase);
    if (!sides) continue;

    if (sides.edge.images.length === sides.source.images.length)
      gathered.push(boxCase(referenceCase, sides, keep));
    else
      result.problem ??= `another number of images in case ${referenceCase.name}`;
  }

  const all = gathered.flatMap(({ images }) => images);
  const confident = confidentScore(
    all.flatMap(({ edge, source }) => [...edge, ...source]),
  );

  for (const { name, images } of gathered)
    addCount(result, name, countOf(images, confident));

  return {
    ...result,
    confident: Number(confident.toPrecision(6)),
    boxes: pictureOf(gathered, confident),
    cause: rateOf(result) < SAID ? decisionCause(all, confident, keep) : null,
  };
}

interface BothSides {
  edge: BoxSet;
  source: BoxSet;
}

/** What both sides give for a case; null where one of them gives nothing. */
async function readSides(
  own: OwnResult,
  { references, detections: { dets, labels }, outputsOf }: DetectionRequest,
  referenceCase: ReferenceCase,
): Promise<BothSides | null> {
  const entry = referenceCase[own].get(dets);
  const outputs = entry && (await outputsOf(referenceCase));
  const edge = outputs?.get(dets);
  if (!entry || !edge) return null;

  const [classes, edgeClasses] =
    labels === null
      ? []
      : [referenceCase[own].get(labels), outputs?.get(labels)];

  return {
    edge: readBoxes(edge, edgeClasses ?? null),
    source: readBoxes(
      await references.read(entry),
      classes ? await references.read(classes) : null,
    ),
  };
}

/** Both sides as a device takes them: at most as many boxes as the edge model can give. */
function boxCase(
  referenceCase: ReferenceCase,
  { edge, source }: BothSides,
  { maxBoxes, dropsEmpty }: KeepRule,
): BoxCase {
  const size = pictureSize(referenceCase);
  const cut = (boxes: readonly Box[]) =>
    dropsEmpty ? clipped(boxes, size) : [...boxes];

  return {
    name: referenceCase.name,
    isReal: referenceCase.kind === "real",
    images: edge.images.map((boxes, image) => ({
      edge: cut(boxes),
      source: mostConfident(cut(source.images[image] ?? []), maxBoxes),
    })),
  };
}

function countOf(
  images: readonly BoxImage[],
  confident: number,
): { agreed: number; total: number } {
  const counts = images.map((image) => agreedBoxes(image, confident));

  return {
    agreed: counts.reduce((sum, { agreed }) => sum + agreed, 0),
    total: counts.reduce((sum, { total }) => sum + total, 0),
  };
}

/** Of the samples, or where there are none of all cases, the one that agrees least; the larger one of equals. */
function pictureOf(
  gathered: readonly BoxCase[],
  confident: number,
): BoxPicture | null {
  const real = gathered.filter(({ isReal }) => isReal);
  const counted = (real.length > 0 ? real : gathered).map(
    ({ name, images: [image = { edge: [], source: [] }] }) => ({
      name,
      image,
      ...agreedBoxes(image, confident),
    }),
  );

  const [worst] = counted.toSorted(
    (a, b) => rateOf(a) - rateOf(b) || b.total - a.total,
  );
  if (!worst || worst.total === 0) return null;

  const rows = (boxes: readonly Box[]) =>
    boxes
      .filter(({ score }) => score >= confident)
      .map(({ corners, score, label }) => [...corners, score, label]);

  return {
    case: worst.name,
    source: rows(worst.image.source),
    edge: rows(worst.image.edge),
  };
}

/** One picture for each row of the batch, channels first, or last where there are few of them. */
function pictureSize({ inputs }: ReferenceCase): PictureSize | null {
  const picture = [...inputs.values()].find(
    ({ dims, dtype }) =>
      dims.length === 4 && (isFloat(dtype) || dtype === "uint8"),
  );
  if (!picture) return null;

  const [, a = 0, b = 0, c = 0] = picture.dims;

  return a > 4 && c <= 4 ? { height: a, width: b } : { height: b, width: c };
}
