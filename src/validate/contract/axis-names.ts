import type { ReferenceCase, References } from "../evidence/references.ts";
import type { Contract } from "./contract.ts";

/** Axes of inputs that `shape` calls by one name, though a case has different lengths of them: one name is one length. */
export function axisNameProblems(
  { inputs }: Contract,
  references: References | null,
): string[] {
  const axes = inputs.flatMap(({ name: input, shape }) =>
    shape.flatMap((called, axis) =>
      typeof called === "string" && called !== ""
        ? [{ input, axis, called }]
        : [],
    ),
  );
  const firsts = new Map(axes.toReversed().map((axis) => [axis.called, axis]));

  return axes.flatMap((axis) => {
    const first = firsts.get(axis.called);
    for (const referenceCase of references?.cases ?? []) {
      const [length, other] = [
        lengthOf(axis, referenceCase),
        first && lengthOf(first, referenceCase),
      ];
      if (length !== other)
        return [
          `it calls axis ${first?.axis} of the input "${first?.input}" and axis ${axis.axis} of "${axis.input}" both "${axis.called}", but they are ${other} and ${length} long in case ${referenceCase.name}`,
        ];
    }

    return [];
  });
}

function lengthOf(
  { input, axis }: { input: string; axis: number },
  { inputs }: ReferenceCase,
): number | undefined {
  return inputs.get(input)?.dims[axis];
}
