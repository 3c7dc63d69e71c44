import {
  type EncodedNode,
  encodeNode,
  INT64,
  message,
  text,
} from "../../onnx/encode.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import type { LayerSampling } from "../evidence/layer-sampling.ts";
import {
  presentNames,
  usedTensors,
} from "../intermediate/intermediate-names.ts";
import { chosenTensors } from "./tensors-behind.ts";

/** From this opset on the bounds of Slice are inputs. */
const LEAST_OPSET = 10;
/** Beyond the end of any axis. */
const END = 2 ** 31 - 1;

/** Layers whose samples the graph can give, in its order, behind its tables; without those whose values rounding may change at will. */
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
    [...tablesOf(graph, layers.keys()), ...inOrder].flatMap((name) => {
      const sampling = layers.get(name);
      return sampling ? [[name, sampling] as const] : [];
    }),
  );
}

/** Names of what the graph stores: of the references' layers, those are a table that it looks rows up in. */
export function storedNames({ initializers }: OnnxModel): Set<string> {
  return new Set(initializers.map(({ name }) => name));
}

function tablesOf(graph: OnnxModel, names: Iterable<string>): string[] {
  const stored = storedNames(graph);
  const asked = [...names].filter((name) => stored.has(name));
  if (asked.length === 0) return [];

  const used = usedTensors(graph);
  return asked.filter((name) => used.has(name));
}

/** The output that holds the samples of a tensor. */
export function sampleName(name: string): string {
  return `${name}.samples`;
}

/**
 * `ModelProto { graph { node { Slice … } output { name } … } }`: only samples leave ONNX Runtime, and little is copied.
 * Layers share their bounds, of which a network has few: to write and to load four constants for each takes longer than
 * to sample.
 */
export function graphWithSamples(
  layers: ReadonlyMap<string, LayerSampling>,
): Buffer {
  if (layers.size === 0) return Buffer.alloc(0);

  const constants = new Map<string, number[]>();
  const constant = (values: number[]) => {
    const name = `samples.of.${values.join(",")}`;
    constants.set(name, values);
    return name;
  };

  const samples = [...layers].flatMap(([name, sampling]) => [
    message(1, encodeNode(sliceOf(name, sampling, constant))),
    message(12, text(1, sampleName(name))),
  ]);
  // Before what reads them.
  const bounds = [...constants].map(([name, values]) =>
    message(1, encodeNode(constantOf(name, values))),
  );

  return message(7, ...bounds, ...samples);
}

function sliceOf(
  name: string,
  { rows, steps }: LayerSampling,
  constant: (values: number[]) => string,
): EncodedNode {
  const starts = steps.map(() => 0);
  const ends = steps.map((_, axis) => (axis === 0 ? rows : END));
  const axes = steps.map((_, axis) => axis);

  return {
    op: "Slice",
    inputs: [name, ...[starts, ends, axes, [...steps]].map(constant)],
    outputs: [sampleName(name)],
  };
}

function constantOf(name: string, values: number[]): EncodedNode {
  return {
    op: "Constant",
    inputs: [],
    outputs: [name],
    attributes: { value: { type: INT64, dims: [values.length], values } },
  };
}
