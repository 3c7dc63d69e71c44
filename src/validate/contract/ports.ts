import type { OnnxModel, OnnxValue } from "../../onnx/model.ts";
import { shapeText } from "../evidence/tensor.ts";
import {
  type Contract,
  declaredLengths,
  type InputPort,
  type Port,
} from "./contract.ts";

const DTYPES: Record<string, string> = {
  ...{
    f64: "float64",
    f32: "float32",
    f16: "float16",
    bf16: "bfloat16",
    bool: "bool",
    str: "string",
  },
  ...{
    i64: "int64",
    i32: "int32",
    i16: "int16",
    i8: "int8",
    u64: "uint64",
    u32: "uint32",
    u16: "uint16",
    u8: "uint8",
  },
};

/** Names, dtypes and shapes of inputs and outputs, and the lengths that are declared for open axes. */
export function portProblems(said: Contract, graph: OnnxModel): string[] {
  const { inputs } = said;

  return [
    ...listProblems("input", inputs, graph.inputs),
    ...listProblems("output", said.outputs, graph.outputs),
    ...inputs.flatMap((input) => lengthProblems(input, graph)),
    ...inputs.flatMap(endProblems),
  ];
}

function listProblems(
  kind: string,
  said: readonly Port[],
  values: readonly OnnxValue[],
): string[] {
  const names = said.map(({ name }) => name);
  const is = values.map(({ name }) => name);

  if (names.join("\0") !== is.join("\0"))
    return [
      `it declares the ${kind}s ${names.join(", ")}, but the model has ${is.join(", ")}`,
    ];

  return values.flatMap((value, index) => {
    const port = said[index];
    return port ? portProblem(kind, port, value) : [];
  });
}

function portProblem(
  kind: string,
  { name, dtype, shape }: Port,
  value: OnnxValue,
): string[] {
  const what = `${kind} "${name}"`;
  if (DTYPES[dtype] !== value.dtype)
    return [
      `it declares ${what} as ${DTYPES[dtype]}, but the model has ${value.dtype}`,
    ];

  const own = value.shape;
  if (!own) return [];

  // Outputs may be fixed in fact where the graph does not know it; what is promised open must be open.
  const fits =
    shape.length === own.length &&
    shape.every((dim, axis) =>
      typeof dim === "number"
        ? dim === own[axis] || typeof own[axis] === "string"
        : typeof own[axis] === "string",
    );

  const strict =
    kind === "output" ||
    shape.every((dim, axis) => typeof dim === typeof own[axis]);

  return fits && strict
    ? []
    : [
        `it declares the shape ${shapeText(shape)} for ${what}, but the model has ${shapeText(own)}`,
      ];
}

function lengthProblems(input: InputPort, { inputs }: OnnxModel): string[] {
  const own = inputs.find(({ name }) => name === input.name)?.shape;
  return [...declaredLengths(input)].flatMap(([axis, lengths]) => {
    const [what, fixed] = [
      `axis ${axis} of the input "${input.name}"`,
      own?.[axis],
    ];

    if (lengths.some((length, at) => length < (lengths[at - 1] ?? 0)))
      return [
        `it declares the lengths ${lengths.join(", ")} of ${what}: they must be in ascending order (smallest, usual, largest)`,
      ];

    if (typeof fixed === "number" && lengths.some((length) => length !== fixed))
      return [
        `it declares the lengths ${lengths.join(", ")} of ${what}, but the model fixes it at ${fixed}`,
      ];

    return [];
  });
}

function endProblems({ name, shape, max = {} }: InputPort): string[] {
  return Object.keys(max)
    .filter((axis) => !shape.includes(axis))
    .map(
      (axis) =>
        `it declares a largest length (max) of "${axis}", which is not an open axis of the input "${name}"`,
    );
}
