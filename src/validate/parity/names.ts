import type { OnnxModel } from "../../onnx/model.ts";
import type { ReferenceCase } from "../references.ts";

/** Why the references do not fit the model by name; `pairing` is the likely meaning. */
export interface NameProblem {
  message: string;
  pairing: { onnx: string; source: string }[];
}

/** The model's inputs and outputs are those of the references, by name. */
export function nameProblem(graph: OnnxModel, cases: readonly ReferenceCase[]): NameProblem | null {
  const counting = cases.filter(({ kind }) => kind !== "extreme");
  const sources = (one: ReferenceCase) => new Map([...one.fp64, ...one.fp32]);
  const first = counting[0];
  if (!first) return null;
  const outputs = graph.outputs.map(({ name }) => name);
  const expected = [...new Set(counting.flatMap((one) => [...sources(one).keys()]))];
  const missing = expected.filter((name) => !outputs.includes(name));
  const extra = outputs.filter((name) => !expected.includes(name));
  if (missing.length > 0) {
    const pairing = pairUp(graph, first, extra, missing);
    return { message: outputText(missing, extra, pairing), pairing };
  }
  const inputs = graph.inputs.map(({ name }) => name);
  const fed = [...first.inputs.keys()];
  const unfed = inputs.filter((name) => !fed.includes(name));
  const unknown = fed.filter((name) => !inputs.includes(name));
  if (unfed.length === 0 && unknown.length === 0) return null;
  const said = [
    ...(unfed.length > 0 ? [`the model wants ${unfed.join(", ")}, which the references do not have`] : []),
    ...(unknown.length > 0 ? [`the references feed ${unknown.join(", ")}, which the model does not have`] : []),
  ];
  return { message: `the inputs' names differ: ${said.join("; ")}`, pairing: [] };
}

function outputText(missing: string[], extra: string[], pairing: NameProblem["pairing"]): string {
  const has = extra.length > 0 ? `it has ${extra.join(", ")}` : "it has fewer outputs";
  const likely = pairing.map(({ onnx, source }) => `${onnx} is likely ${source}`).join(", ");
  return `the outputs' names differ: the source has ${missing.join(", ")}, the model has not; ${has}${likely && ` (${likely})`}`;
}

/** Pairs of the same rank and fixed sizes, each taken once. */
function pairUp(graph: OnnxModel, one: ReferenceCase, extra: string[], missing: string[]): NameProblem["pairing"] {
  const left = new Set(extra);
  return missing.flatMap((source) => {
    const dims = (one.fp32.get(source) ?? one.fp64.get(source))?.dims;
    const onnx = graph.outputs.find(
      ({ name, shape }) =>
        left.has(name) &&
        (!shape ||
          !dims ||
          (shape.length === dims.length && shape.every((dim, axis) => typeof dim === "string" || dim === dims[axis]))),
    )?.name;
    if (onnx === undefined) return [];
    left.delete(onnx);
    return [{ onnx, source }];
  });
}
