import type { Port } from "../validate/contract/contract.ts";

/** Whether an output's axis of this name is open because an input's was opened. */
export type Follows = (axis: string) => boolean;

/**
 * Which open axes of the outputs follow from inputs that were opened: then the old inputs still give the old lengths. An
 * output's axis follows by its name; where an opened input axis has a name that no output has, any other may follow it
 * (an exporter names the height of a map as it likes).
 */
export function followsInputs(
  was: readonly Port[],
  is: readonly Port[],
  outputs: readonly Port[],
): Follows {
  const old = new Map(was.map((port) => [port.name, port]));
  const opened = is.flatMap(({ name, shape }) =>
    shape.filter(
      (size, axis): size is string =>
        typeof size === "string" &&
        typeof old.get(name)?.shape[axis] === "number",
    ),
  );
  const inOutputs = new Set(outputs.flatMap(({ shape }) => shape));
  const hasOther = opened.some((axis) => axis === "" || !inOutputs.has(axis));

  return (axis) => hasOther || opened.includes(axis);
}
