import type { BoxPicture } from "../detection/box-picture.ts";
import type { Box } from "../detection/boxes.ts";
import {
  type Agreement,
  addCount,
  type Count,
  emptyAgreement,
  type OwnResult,
  rateOf,
  SAID,
  sumOf,
} from "./agreement.ts";
import { agreedBoxes, confidentScore } from "./box-agreement.ts";
import { countShared, sharedNumbers } from "./box-values.ts";
import { decisionCause } from "./decision-cause.ts";
import {
  type BoxCase,
  type GatheredBoxes,
  gatherBoxes,
} from "./gather-boxes.ts";
import type { DetectionRequest } from "./own-request.ts";

/**
 * How many confident boxes of both sides have a match on the other, over all cases; and on the same tensor, how many of
 * those have its score and corners, and its mask.
 */
export async function compareBoxes(
  own: OwnResult,
  request: DetectionRequest,
): Promise<Agreement[]> {
  const { detections, keep } = request;
  const gathered = await gatherBoxes(own, request);
  const all = gathered.cases.flatMap(({ images }) => images);
  const confident = confidentScore(
    all.flatMap(({ edge, source }) => [...edge, ...source]),
  );

  const boxes = counted(
    emptyAgreement(own, detections.dets, "boxes"),
    gathered.cases,
    ({ images }) => sumOf(images.map((image) => agreedBoxes(image, confident))),
  );
  const rounded = Number(confident.toPrecision(6));

  return [
    {
      ...boxes,
      confident: rounded,
      boxes: pictureOf(gathered.cases, confident),
      cause: rateOf(boxes) < SAID ? decisionCause(all, confident, keep) : null,
      problem: gathered.problem,
    },
    ...(own === "predict" ? numbersOf(request, gathered, confident) : []),
  ].map((each) => ({ ...each, confident: rounded }));
}

/** Of boxes that have a match: nothing where there are none. */
function numbersOf(
  { detections: { dets, masks } }: DetectionRequest,
  { cases, noise }: GatheredBoxes,
  confident: number,
): Agreement[] {
  const shared = new Map(
    cases.map((boxCase) => [
      boxCase,
      boxCase.images.map((image) => sharedNumbers(image, confident, noise)),
    ]),
  );
  const values = counted(
    emptyAgreement("predict", dets, "values"),
    cases,
    (boxCase) => countShared(shared.get(boxCase) ?? []),
  );
  Object.assign(values, countShared([...shared.values()].flat()));

  const areas = counted(
    emptyAgreement("predict", masks ?? "", "masks"),
    cases,
    (boxCase) => boxCase.masks,
  );

  return [values, areas].filter(({ total }) => total > 0);
}

function counted(
  agreement: Agreement,
  cases: readonly BoxCase[],
  countOf: (boxCase: BoxCase) => Count,
): Agreement {
  for (const boxCase of cases)
    addCount(agreement, boxCase.name, countOf(boxCase));

  return agreement;
}

/** Of the samples, or where there are none of all cases, the one that agrees least; the larger one of equals. */
function pictureOf(
  gathered: readonly BoxCase[],
  confident: number,
): BoxPicture | null {
  const real = gathered.filter(({ isReal }) => isReal);
  const images = (real.length > 0 ? real : gathered).map(
    ({ name, images: [image = { edge: [], source: [] }] }) => ({
      name,
      image,
      ...agreedBoxes(image, confident),
    }),
  );

  const [worst] = images.toSorted(
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
