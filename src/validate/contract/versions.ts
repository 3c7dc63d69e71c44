import type { OnnxModel } from "../../onnx/model.ts";
import type { Contract } from "./contract.ts";

/** The newest opset of ONNX Runtime 1.N: [N, opset]. Where its pages do not agree, the newer one, so that no right model is refused. */
const NEWEST_OPSETS: readonly (readonly [number, number])[] = [
  ...([
    [0, 11],
    [3, 12],
    [6, 13],
    [8, 14],
    [10, 15],
    [11, 16],
    [12, 17],
    [14, 18],
    [15, 19],
    [17, 20],
  ] as const),
  ...([
    [18, 21],
    [21, 22],
    [22, 23],
    [23, 26],
  ] as const),
];
/** Larger tensors are weights; small ones may be tables of any type. */
const WEIGHT_ELEMENTS = 64;
const QUANTISED =
  /^(DequantizeLinear|QLinear\w+|MatMulInteger|ConvInteger|DynamicQuantizeLinear)$/;
const SMALLER = new Set(["fp16", "bf16", "int8"]);
const HALF = /^b?float16$/;
/** Of four or eight bits. */
const BYTE = /^u?int[48]$/;

/** Opset, IR, domains, the oldest runtime and the precision that are said. */
export function versionProblems(said: Contract, graph: OnnxModel): string[] {
  const used = new Set(graph.nodes.map(({ domain }) => domain));
  const named = said.domains
    ? new Set(
        said.domains.map((domain) => (domain === "ai.onnx" ? "" : domain)),
      )
    : used;

  const unnamed = [...used].filter((domain) => !named.has(domain));

  return [
    ...differs("opset", said.opset, graph.opsets[""]),
    ...differs("IR version", said.ir, graph.irVersion),
    ...(unnamed.length > 0
      ? [
          `it does not declare the domains ${unnamed.map((domain) => `"${domain}"`).join(", ")}`,
        ]
      : []),
    ...oldestProblems(said.min_ort, graph.opsets[""]),
    ...precisionProblems(said.precision, graph),
  ];
}

function differs(
  what: string,
  said: number | null,
  is: number | undefined,
): string[] {
  return said === null || said === is
    ? []
    : [`it declares ${what} ${said}, but the model has ${is ?? "none"}`];
}

function oldestProblems(
  said: string | null,
  opset: number | undefined,
): string[] {
  const minor = Number(/^1\.(\d+)/.exec(said ?? "")?.[1] ?? Number.NaN);
  const newest = NEWEST_OPSETS.findLast(([version]) => version <= minor)?.[1];
  if (newest === undefined || opset === undefined || opset <= newest) return [];

  const first = NEWEST_OPSETS.find(([, known]) => known >= opset)?.[0];
  const needs = first === undefined ? "a newer version" : `1.${first}`;

  return [
    `it declares ONNX Runtime ${said} as sufficient (min_ort), but opset ${opset} needs ${needs}`,
  ];
}

/** Only what is sure: half floats or quantised operators in what is said to be fp32, and none in what is said to be smaller. */
function precisionProblems(
  said: string | null,
  { initializers, inputs, outputs, nodes }: OnnxModel,
): string[] {
  const weights = initializers.filter(
    ({ dims }) => dims.reduce((size, dim) => size * dim, 1) > WEIGHT_ELEMENTS,
  );
  const half = weights.find(({ dtype }) => HALF.test(dtype));
  const single = weights.find(({ dtype }) => dtype === "float32");
  const quantised = nodes.find(({ op }) => QUANTISED.test(op));

  if (said === "fp32" && half)
    return [
      `it declares the precision fp32, but the weight "${half.name}" is ${half.dtype}`,
    ];
  if (said === "fp32" && quantised)
    return [
      `it declares the precision fp32, but the model computes with integers (${quantised.op})`,
    ];

  const isSmall = [...initializers, ...inputs, ...outputs].some(({ dtype }) =>
    said === "int8" ? BYTE.test(dtype) : HALF.test(dtype),
  );
  if (!said || !SMALLER.has(said) || !single || isSmall || quantised) return [];

  return [
    `it declares the precision ${said}, but the weight "${single.name}" is float32, and nothing in the model is ${said}`,
  ];
}
