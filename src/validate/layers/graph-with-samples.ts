import { encodeNode, INT64, message, text } from "../../onnx/encode.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import type { LayerSampling } from "../evidence/layer-sampling.ts";
import { presentNames } from "../intermediate/intermediate-names.ts";
import { chosenTensors } from "./chosen-tensors.ts";

/** From this opset on the bounds of Slice are inputs. */
const LEAST_OPSET = 10;
/** Beyond the end of any axis. */
const END = 2 ** 31 - 1;

/** Layers whose samples the graph can give, in its order; without those whose values rounding may change at will. */
export function sampledLayers(
  graph: OnnxModel,
  layers: ReadonlyMap<string, LayerSampling>,
): Map<string, LayerSampling> {
  if ((graph.opsets[""] ?? 0) < LEAST_OPSET) return new Map();
  const { present } = presentNames(graph, [...layers.keys()]);
  const chosen = chosenTensors(graph);
  const there = new Set(present.filter((name) => !chosen.has(name)));
  const inOrder = graph.nodes.flatMap(({ scope, outputs }) =>
    scope === "" ? outputs.filter((name) => there.has(name)) : [],
  );

  return new Map(
    inOrder.flatMap((name) => {
      const sampling = layers.get(name);
      return sampling ? [[name, sampling] as const] : [];
    }),
  );
}

/** The output that holds the samples of a tensor. */
export function sampleName(name: string): string {
  return `${name}.samples`;
}

/** `ModelProto { graph { node { Slice … } output { name } … } }`: only samples leave ONNX Runtime, and little is copied. */
export function graphWithSamples(
  layers: ReadonlyMap<string, LayerSampling>,
): Buffer {
  if (layers.size === 0) return Buffer.alloc(0);

  return message(
    7,
    ...[...layers].flatMap(([name, sampling]) => [
      ...sliceNodes(name, sampling),
      message(12, text(1, sampleName(name))),
    ]),
  );
}

function sliceNodes(name: string, { rows, steps }: LayerSampling): Buffer[] {
  const output = sampleName(name);
  const axes = steps.map((_, axis) => axis);
  const bounds: Record<string, number[]> = {
    starts: steps.map(() => 0),
    ends: steps.map((_, axis) => (axis === 0 ? rows : END)),
    axes,
    steps,
  };

  const constants = Object.entries(bounds).map(([part, values]) =>
    encodeNode({
      op: "Constant",
      inputs: [],
      outputs: [`${output}.${part}`],
      attributes: { value: { type: INT64, dims: [values.length], values } },
    }),
  );
  const slice = encodeNode({
    op: "Slice",
    inputs: [name, ...Object.keys(bounds).map((part) => `${output}.${part}`)],
    outputs: [output],
  });

  return [...constants, slice].map((node) => message(1, node));
}
