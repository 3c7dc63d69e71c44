import { isFloat } from "../evidence/tensor.ts";
import {
  type Agreement,
  addCount,
  emptyAgreement,
  type OwnResult,
} from "./agreement.ts";
import { agreedClasses } from "./class-agreement.ts";
import { compareBoxes } from "./compare-boxes.ts";
import type { OwnRequest } from "./own-request.ts";
import { readOwn } from "./read-own.ts";

/** How often the edge model decides as the source model's own `predict`, for each output that this has. */
export async function compareOwn(
  own: OwnResult,
  request: OwnRequest,
): Promise<Agreement[]> {
  const { detector, ...rest } = request;
  const { dets, labels, masks } = detector?.detections ?? {};
  const names = new Set(
    rest.cases.flatMap((referenceCase) => [...referenceCase[own].keys()]),
  );

  const found: Agreement[] = [];
  if (detector && names.has(detector.detections.dets))
    found.push(...(await compareBoxes(own, { ...rest, ...detector })));

  for (const name of names)
    if (![dets, labels, masks].includes(name))
      found.push(...(await compareClasses(own, request, name)));

  return found;
}

async function compareClasses(
  own: OwnResult,
  request: OwnRequest,
  name: string,
): Promise<Agreement[]> {
  let result: Agreement | undefined;

  for (const referenceCase of request.cases) {
    const sides = await readOwn(own, name, request, referenceCase);
    if (!sides) continue;

    const { onnx, source, problem } = sides;
    const isRow = isFloat(onnx.dtype) && onnx.dims.length <= 2;
    result ??= emptyAgreement(own, name, isRow ? "rows" : "places");
    result.problem ??= problem;

    const counts = problem === null ? agreedClasses(onnx, source) : null;
    if (counts) addCount(result, referenceCase.name, counts);
  }

  // Values without classes have nothing to decide.
  return result && (result.total > 0 || result.problem) ? [result] : [];
}
