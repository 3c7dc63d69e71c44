import type { OnnxModel } from "../../onnx/model.ts";
import type { ReferenceCase } from "../evidence/references.ts";

/** How the model's inputs and outputs are called otherwise than in the references; null where they are not. */
export interface NameProblem {
  of: "inputs" | "outputs";
  message: string;
}

/** By the first case for inputs, by all for outputs. Inputs come first: without them nothing runs. */
export function nameProblem(
  graph: OnnxModel,
  cases: readonly ReferenceCase[],
): NameProblem | null {
  const inputs = graph.inputs.map(({ name }) => name);
  const fed = [...(cases[0]?.inputs.keys() ?? inputs)];
  const [unfed, unknown] = [without(inputs, fed), without(fed, inputs)];

  if (unfed.length > 0 || unknown.length > 0) {
    const said = [
      ...(unfed.length > 0
        ? [
            `the model has the inputs ${unfed.join(", ")}, which are missing in the references`,
          ]
        : []),
      ...(unknown.length > 0
        ? [
            `the references have the inputs ${unknown.join(", ")}, which the model does not have`,
          ]
        : []),
    ];
    return {
      of: "inputs",
      message: `the inputs' names differ: ${said.join("; ")}`,
    };
  }

  const outputs = graph.outputs.map(({ name }) => name);
  const expected = [
    ...new Set(
      cases.flatMap(({ fp32, fp64 }) => [...fp32.keys(), ...fp64.keys()]),
    ),
  ];

  const [missing, extra] = [
    without(expected, outputs),
    without(outputs, expected),
  ];
  if (missing.length === 0) return null;

  const has =
    extra.length > 0 ? `it has ${extra.join(", ")}` : "it has no other output";

  return {
    of: "outputs",
    message: `the outputs' names differ: the source has ${missing.join(", ")}, but the model does not; ${has}`,
  };
}

function without(
  names: readonly string[],
  others: readonly string[],
): string[] {
  return names.filter((name) => !others.includes(name));
}
