import type { ReferenceCase, References } from "../evidence/references.ts";
import {
  type Feeds,
  isFloat,
  numbersOf,
  sameKind,
  sameShape,
  shapeText,
  type Tensor,
  unravel,
} from "../evidence/tensor.ts";

/**
 * Extreme inputs prove no numbers: only that it runs, and that NaN and infinity appear where the source has them.
 * `sets` are outputs whose rows have no fixed place, as which boxes are kept is chance here.
 */
export async function compareExtreme(
  referenceCase: ReferenceCase,
  outputs: Feeds,
  references: References,
  sets: ReadonlySet<string>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, onnx] of outputs) {
    const entry = referenceCase.fp32.get(name);
    if (!entry) continue;

    const source = await references.read(entry);
    if (!isFloat(onnx.dtype) || !isFloat(source.dtype)) continue;

    const exact = referenceCase.fp64.get(name);
    const problem = sets.has(name)
      ? setProblem(onnx, source)
      : maskProblem(
          onnx,
          source,
          exact ? await references.read(exact) : source,
        );
    if (problem)
      problems.push(
        `output "${name}", extreme case ${referenceCase.name}: ${problem}`,
      );
  }

  return problems;
}

/** A special value may be that of fp32 or of fp64: which one, depends on the order of operations. */
function maskProblem(onnx: Tensor, fp32: Tensor, fp64: Tensor): string | null {
  if (!sameShape(onnx.dims, fp32.dims))
    return `its shape is ${shapeText(onnx.dims)} in the ONNX model and ${shapeText(fp32.dims)} in the source`;

  const [got, noisy, exact] = [
    numbersOf(onnx),
    numbersOf(fp32),
    numbersOf(fp64),
  ];

  for (let flat = 0; flat < got.length; flat++) {
    const value = got[flat] as number;
    if (
      sameKind(value, noisy[flat] as number) ||
      sameKind(value, exact[flat] as number)
    )
      continue;

    return `element [${unravel(flat, onnx.dims).join(",")}] is ${value} in the ONNX model and ${noisy[flat]} in the source`;
  }

  return null;
}

function setProblem(onnx: Tensor, fp32: Tensor): string | null {
  const finite = (tensor: Tensor) => numbersOf(tensor).every(Number.isFinite);
  return finite(fp32) && !finite(onnx)
    ? "it contains NaN or infinity in the ONNX model but not in the source"
    : null;
}
