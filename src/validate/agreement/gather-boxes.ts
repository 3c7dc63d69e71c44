import { type Box, type BoxSet, readBoxes } from "../detection/boxes.ts";
import type { KeepRule } from "../detection/keep-rule.ts";
import type { ReferenceCase } from "../evidence/references.ts";
import { type Feeds, isFloat } from "../evidence/tensor.ts";
import { type Count, NONE, type OwnResult, sumOf } from "./agreement.ts";
import {
  type BoxImage,
  clipped,
  confidentScore,
  matches,
  mostConfident,
  type PictureSize,
} from "./box-agreement.ts";
import { addReadNoise, type BoxNoise, leastBoxNoise } from "./box-values.ts";
import { masksOf, sameMasks } from "./mask-agreement.ts";
import type { DetectionRequest } from "./own-request.ts";

/** The boxes of both sides in one case, as a device takes them. */
export interface BoxCase {
  name: string;
  isReal: boolean;
  images: BoxImage[];
  /** Boxes that have a match and a mask, and those whose masks are one. */
  masks: Count;
}

/** The boxes of all cases that both sides give. */
export interface GatheredBoxes {
  cases: BoxCase[];
  /** How far the source's own rounding moves boxes. */
  noise: BoxNoise;
  /** Why a case cannot be compared. */
  problem: string | null;
}

/** What the source's own result and the edge model give, a case at a time: no mask is kept. */
export async function gatherBoxes(
  own: OwnResult,
  request: DetectionRequest,
): Promise<GatheredBoxes> {
  const result: GatheredBoxes = {
    cases: [],
    noise: leastBoxNoise(),
    problem: null,
  };

  for (const referenceCase of request.cases) {
    const sides = await readSides(own, request, referenceCase);
    if (!sides) continue;

    if (sides.edge.images.length !== sides.source.images.length) {
      result.problem ??= `"${request.detections.dets}" has ${sides.edge.images.length} images in the edge model and ${sides.source.images.length} in the source's own result, in case ${referenceCase.name}`;
      continue;
    }

    const images = imagesOf(referenceCase, sides, request.keep);
    result.cases.push({
      name: referenceCase.name,
      isReal: referenceCase.kind === "real",
      images,
      masks: await countMasks(own, request, referenceCase, {
        images,
        outputs: sides.outputs,
      }),
    });
    await addReadNoise(
      result.noise,
      request.references,
      request.detections,
      referenceCase,
    );
  }

  return result;
}

interface BothSides {
  edge: BoxSet;
  source: BoxSet;
  outputs: Feeds;
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
  if (!entry || !outputs || !edge) return null;

  const [classes, edgeClasses] =
    labels === null
      ? []
      : [referenceCase[own].get(labels), outputs.get(labels)];

  return {
    edge: readBoxes(edge, edgeClasses ?? null),
    source: readBoxes(
      await references.read(entry),
      classes ? await references.read(classes) : null,
    ),
    outputs,
  };
}

/** As a device takes them: at most as many boxes as the edge model can give. */
function imagesOf(
  referenceCase: ReferenceCase,
  { edge, source }: BothSides,
  { maxBoxes, dropsEmpty }: KeepRule,
): BoxImage[] {
  const size = pictureSize(referenceCase);
  const cut = (boxes: readonly Box[]) =>
    dropsEmpty ? clipped(boxes, size) : [...boxes];

  return edge.images.map((boxes, image) => ({
    edge: cut(boxes),
    source: mostConfident(cut(source.images[image] ?? []), maxBoxes),
  }));
}

/** Of the pairs that both sides are confident of in this case. */
async function countMasks(
  own: OwnResult,
  { references, detections: { masks: name }, masks: rule }: DetectionRequest,
  referenceCase: ReferenceCase,
  { images, outputs }: { images: readonly BoxImage[]; outputs: Feeds },
): Promise<Count> {
  const entry = name === null ? undefined : referenceCase[own].get(name);
  const given = name === null ? undefined : outputs.get(name);
  const edge = given && masksOf(given);
  const source = entry && masksOf(await references.read(entry));
  if (!edge || !source) return NONE;

  const confident = confidentScore(
    images.flatMap(({ edge: ours, source: theirs }) => [...ours, ...theirs]),
  );

  return sumOf(
    images.map((sides, image) =>
      sameMasks(
        matches(sides.edge, sides.source, confident).pairs,
        image,
        { edge, source },
        rule,
      ),
    ),
  );
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
