import { type Box, readBoxes } from "../detection/boxes.ts";
import type { DetectionNames } from "../detection/detection-names.ts";
import type { ReferenceCase, References } from "../evidence/references.ts";
import {
  type Feeds,
  isFloat,
  shapeText,
  type Tensor,
} from "../evidence/tensor.ts";
import { type Agreement, type OwnResult, rateOf } from "./agreement.ts";
import {
  agreedBoxes,
  clipped,
  confidentScore,
  mostConfident,
  type PictureSize,
} from "./box-agreement.ts";
import { agreedClasses } from "./class-agreement.ts";

export interface OwnRequest {
  references: References;
  cases: readonly ReferenceCase[];
  detections: DetectionNames | null;
  /** Boxes of an image that the edge model gives at most; null where nobody says. */
  most: number | null;
  /** What the edge model gives for a case; null where it was not run. */
  outputsOf(one: ReferenceCase): Promise<Feeds | null>;
}

/** How often the edge model decides as the source model's own `predict`, for each output that this has. */
export async function compareOwn(
  own: OwnResult,
  request: OwnRequest,
): Promise<Agreement[]> {
  const { cases, detections } = request;
  const names = new Set(cases.flatMap((one) => [...one[own].keys()]));
  const single = [...names].filter(
    (name) =>
      ![detections?.dets, detections?.labels, detections?.masks].includes(name),
  );

  const found: Agreement[] = [];
  if (detections && names.has(detections.dets))
    found.push(await compareBoxes(own, request, detections));

  for (const name of single)
    found.push(...(await compareClasses(own, request, name)));

  return found;
}

function empty(
  own: OwnResult,
  output: string,
  what: Agreement["what"],
): Agreement {
  const none = {
    agreed: 0,
    total: 0,
    confident: null,
    worst: null,
    boxes: null,
    problem: null,
  };
  return { with: own, output, what, ...none };
}

interface BoxCase {
  name: string;
  isReal: boolean;
  /** By image. */
  edge: Box[][];
  source: Box[][];
}

async function compareBoxes(
  own: OwnResult,
  request: OwnRequest,
  { dets, labels }: DetectionNames,
): Promise<Agreement> {
  const { references, cases, most, outputsOf } = request;
  const result = empty(own, dets, "boxes");
  const gathered: BoxCase[] = [];

  for (const one of cases) {
    const entry = one[own].get(dets);
    const outputs = entry && (await outputsOf(one));
    const edge = outputs?.get(dets);
    if (!entry || !edge) continue;

    const classes = labels === null ? undefined : one[own].get(labels);
    const source = readBoxes(
      await references.read(entry),
      classes ? await references.read(classes) : null,
    );

    const got = readBoxes(
      edge,
      labels === null ? null : (outputs?.get(labels) ?? null),
    );

    const size = pictureSize(one);
    const cut = (images: Box[][]) =>
      images.map((boxes) => clipped(boxes, size));

    if (got.images.length !== source.images.length)
      result.problem ??= `another number of images in case ${one.name}`;
    else
      gathered.push({
        ...{ name: one.name, isReal: one.kind === "real" },
        ...{
          edge: cut(got.images),
          source: cut(source.images).map((boxes) => mostConfident(boxes, most)),
        },
      });
  }

  const confident = confidentScore(
    gathered.flatMap(({ edge, source }) => [...edge.flat(), ...source.flat()]),
  );

  result.confident = Number(confident.toPrecision(6));

  for (const one of gathered) {
    const counts = one.source.map((boxes, image) =>
      agreedBoxes(one.edge[image] ?? [], boxes, confident),
    );

    const agreed = counts.reduce((sum, each) => sum + each.agreed, 0);
    const total = counts.reduce((sum, each) => sum + each.total, 0);

    note(result, one.name, agreed, total);
  }

  result.boxes = pictureOf(gathered, confident);

  return result;
}

/** Of the samples, or where there are none of all cases, the one that agrees least; the larger one of equals. */
function pictureOf(
  gathered: readonly BoxCase[],
  confident: number,
): Agreement["boxes"] {
  const real = gathered.filter(({ isReal }) => isReal);
  const counted = (real.length > 0 ? real : gathered).map((one) => ({
    one,
    ...agreedBoxes(one.edge[0] ?? [], one.source[0] ?? [], confident),
  }));

  const [worst] = counted.toSorted(
    (a, b) => rateOf(a) - rateOf(b) || b.total - a.total,
  );
  if (!worst || worst.total === 0) return null;

  const rows = (boxes: Box[] = []) =>
    boxes
      .filter(({ score }) => score >= confident)
      .map(({ corners, score, label }) => [...corners, score, label]);

  return {
    case: worst.one.name,
    source: rows(worst.one.source[0]),
    edge: rows(worst.one.edge[0]),
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

async function compareClasses(
  own: OwnResult,
  request: OwnRequest,
  name: string,
): Promise<Agreement[]> {
  const { references, cases, outputsOf } = request;
  let result: Agreement | undefined;

  for (const one of cases) {
    const entry = one[own].get(name);
    const onnx: Tensor | undefined = entry && (await outputsOf(one))?.get(name);
    if (!entry || !onnx) continue;

    result ??= empty(
      own,
      name,
      isFloat(onnx.dtype) && onnx.dims.length <= 2 ? "rows" : "places",
    );

    const source = await references.read(entry);
    const counts = agreedClasses(onnx, source);

    if (counts) note(result, one.name, counts.agreed, counts.total);
    else if (shapeText(onnx.dims) !== shapeText(source.dims))
      result.problem ??= `"${name}" is ${shapeText(onnx.dims)} in the edge model and ${shapeText(source.dims)} in the source's own result, in case ${one.name}`;
  }

  // Values without classes have nothing to decide.
  return result && (result.total > 0 || result.problem) ? [result] : [];
}

function note(
  result: Agreement,
  name: string,
  agreed: number,
  total: number,
): void {
  result.agreed += agreed;
  result.total += total;

  if (
    total > 0 &&
    (!result.worst || rateOf({ agreed, total }) < rateOf(result.worst))
  )
    result.worst = { case: name, agreed, total };
}
