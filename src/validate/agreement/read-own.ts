import type { ReferenceCase } from "../evidence/references.ts";
import { sameShape, shapeText, type Tensor } from "../evidence/tensor.ts";
import type { OwnResult } from "./agreement.ts";
import type { OwnRequest } from "./own-request.ts";

/** One output of one case: what the edge model gives, and the source's own result. */
export interface OwnSides {
  onnx: Tensor;
  source: Tensor;
  /** Why they cannot be compared: another shape is another result. */
  problem: string | null;
}

/** Null where one of them gives nothing. */
export async function readOwn(
  own: OwnResult,
  name: string,
  { references, outputsOf }: OwnRequest,
  referenceCase: ReferenceCase,
): Promise<OwnSides | null> {
  const entry = referenceCase[own].get(name);
  const onnx = entry && (await outputsOf(referenceCase))?.get(name);
  if (!entry || !onnx) return null;

  const source = await references.read(entry);
  const problem = sameShape(onnx.dims, source.dims)
    ? null
    : `"${name}" is ${shapeText(onnx.dims)} in the edge model and ${shapeText(source.dims)} in the source's own result, in case ${referenceCase.name}`;

  return { onnx, source, problem };
}
