import type { OnnxModel, OnnxValue } from "../../onnx/model.ts";
import type { ReferenceCase } from "../evidence/references.ts";

/** Cases that are run on both models. */
const MOST = 8;

/** The two models that are compared. */
export interface TwoGraphs {
  was: Pick<OnnxModel, "inputs" | "outputs">;
  is: Pick<OnnxModel, "inputs" | "outputs">;
}

/**
 * Names of the cases whose inputs both models take by name, type and shape, those of samples first; or why there is none,
 * of the first case.
 */
export function sharedCases(
  cases: readonly ReferenceCase[],
  { was, is }: TwoGraphs,
): { cases: string[] } | { why: string } {
  const counting = cases.filter(({ kind }) => kind !== "extreme");
  const problems = counting.map(
    (each) =>
      misfit(each, was.inputs, "the first model") ??
      misfit(each, is.inputs, "the second model"),
  );
  const fitting = counting.filter((_, index) => problems[index] === null);
  if (fitting.length > 0)
    return { cases: fitting.slice(0, MOST).map(({ name }) => name) };

  return { why: problems[0] ?? "the references have no case that counts" };
}

/** Names that both have, in the order of the first. */
export function sharedOutputs({ was, is }: TwoGraphs): string[] {
  const names = new Set(is.outputs.map(({ name }) => name));
  return was.outputs.map(({ name }) => name).filter((name) => names.has(name));
}

function misfit(
  { inputs }: ReferenceCase,
  ports: readonly OnnxValue[],
  which: string,
): string | null {
  const names = ports.map(({ name }) => name);
  const other = [...inputs.keys()].find((name) => !names.includes(name));
  if (other !== undefined) return `${which} has no input ${other}`;

  for (const { name, dtype, shape } of ports) {
    const entry = inputs.get(name);
    if (!entry) return `the references have no value for ${name} of ${which}`;
    if (entry.dtype !== dtype)
      return `${name} of ${which} takes ${dtype}, the references have ${entry.dtype}`;
    if (shape && !fits(entry.dims, shape))
      return `${name} of ${which} takes [${shape.join(",")}], the references have [${entry.dims.join(",")}]`;
  }

  return null;
}

function fits(
  dims: readonly number[],
  shape: readonly (number | string)[],
): boolean {
  return (
    dims.length === shape.length &&
    shape.every((size, axis) => typeof size !== "number" || size === dims[axis])
  );
}
