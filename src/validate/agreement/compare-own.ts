import { isFloat, shapeText } from "../evidence/tensor.ts";
import {
  type Agreement,
  addCount,
  emptyAgreement,
  type OwnResult,
} from "./agreement.ts";
import { agreedClasses } from "./class-agreement.ts";
import { compareBoxes } from "./compare-boxes.ts";
import type { OwnRequest } from "./own-request.ts";

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
    found.push(await compareBoxes(own, { ...rest, ...detector }));

  for (const name of names)
    if (![dets, labels, masks].includes(name))
      found.push(...(await compareClasses(own, request, name)));

  return found;
}

async function compareClasses(
  own: OwnResult,
  { references, cases, outputsOf }: OwnRequest,
  name: string,
): Promise<Agreement[]> {
  let result: Agreement | undefined;

  for (const referenceCase of cases) {
    const entry = referenceCase[own].get(name);
    const onnx = entry && (await outputsOf(referenceCase))?.get(name);
    if (!entry || !onnx) continue;

    const isRow = isFloat(onnx.dtype) && onnx.dims.length <= 2;
    result ??= emptyAgreement(own, name, isRow ? "rows" : "places");

    const source = await references.read(entry);
    const counts = agreedClasses(onnx, source);

    if (counts) addCount(result, referenceCase.name, counts);
    else if (shapeText(onnx.dims) !== shapeText(source.dims))
      result.problem ??= `"${name}" is ${shapeText(onnx.dims)} in the edge model and ${shapeText(source.dims)} in the source's own result, in case ${referenceCase.name}`;
  }

  // Values without classes have nothing to decide.
  return result && (result.total > 0 || result.problem) ? [result] : [];
}
