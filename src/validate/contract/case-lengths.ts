import type { ReferenceCase, References } from "../evidence/references.ts";
import { shapeText } from "../evidence/tensor.ts";
import type { Contract } from "./contract.ts";

/** An input or an output beside its shapes in the cases. */
interface SaidPort {
  kind: "input" | "output";
  name: string;
  shape: readonly (number | string)[];
}

interface SaidAxis extends SaidPort {
  axis: number;
  called: string;
}

/**
 * Where `shape` is not that of a case: another number of axes, another length than a number, or axes of one name that have
 * different lengths. What the graph leaves open, the cases know.
 */
export function caseLengthProblems(
  { inputs, outputs }: Contract,
  references: References | null,
): string[] {
  const ports = [
    ...inputs.map(({ name, shape }) => said("input", name, shape)),
    ...outputs.map(({ name, shape }) => said("output", name, shape)),
  ];
  const cases = references?.cases ?? [];
  const shapes = ports.flatMap((port) => shapeProblem(port, cases));

  return shapes.length > 0 ? shapes : nameProblems(ports, cases);
}

function said(
  kind: SaidPort["kind"],
  name: string,
  shape: SaidPort["shape"],
): SaidPort {
  return { kind, name, shape };
}

function shapeProblem(
  port: SaidPort,
  cases: readonly ReferenceCase[],
): string[] {
  const { kind, name, shape } = port;
  for (const each of cases) {
    const dims = dimsOf(port, each);
    const fits =
      dims === undefined ||
      (dims.length === shape.length &&
        shape.every((size, axis) =>
          typeof size === "number" ? size === dims[axis] : true,
        ));
    if (!fits)
      return [
        `it declares the shape ${shapeText(shape)} for ${kind} "${name}", but the source's is ${shapeText(dims)} in case ${each.name}`,
      ];
  }

  return [];
}

function nameProblems(
  ports: readonly SaidPort[],
  cases: readonly ReferenceCase[],
): string[] {
  const axes = ports.flatMap((port) =>
    port.shape.flatMap((called, axis) =>
      typeof called === "string" && called !== ""
        ? [{ ...port, axis, called }]
        : [],
    ),
  );
  const firsts = new Map(axes.toReversed().map((axis) => [axis.called, axis]));

  return axes.flatMap((axis) => {
    const first = firsts.get(axis.called);
    return first ? otherLength(first, axis, cases) : [];
  });
}

function otherLength(
  first: SaidAxis,
  axis: SaidAxis,
  cases: readonly ReferenceCase[],
): string[] {
  for (const each of cases) {
    const [length, other] = [lengthOf(axis, each), lengthOf(first, each)];
    if (length !== undefined && other !== undefined && length !== other)
      return [
        `it calls axis ${first.axis} of the ${first.kind} "${first.name}" and axis ${axis.axis} of ${axis.kind === first.kind ? "" : `the ${axis.kind} `}"${axis.name}" both "${axis.called}", but they are ${other} and ${length} long in case ${each.name}`,
      ];
  }

  return [];
}

function lengthOf(axis: SaidAxis, each: ReferenceCase): number | undefined {
  return dimsOf(axis, each)?.[axis.axis];
}

function dimsOf(
  { kind, name }: SaidPort,
  { inputs, fp32 }: ReferenceCase,
): number[] | undefined {
  return (kind === "input" ? inputs : fp32).get(name)?.dims;
}
