import { decidedBy } from "../../onnx/decided-by.ts";
import {
  type EncodedAttribute,
  type EncodedNode,
  encodeNode,
  FLOAT32,
  INT64,
  message,
  text,
} from "../../onnx/encode.ts";
import type { OnnxModel, OnnxNode } from "../../onnx/model.ts";
import { scoreChoices } from "./dropped-boxes.ts";
import { calledOf } from "./places.ts";

/** Begins the names of all that is put into the graph. */
const OURS = "model-to-edge/guard/";
const [GRAPH, GRAPH_NODE, GRAPH_OUTPUT] = [7, 1, 12];
/** From this opset on the bounds of Clip are inputs, and all integers are compared. */
const LEAST_OPSET = 11;
/** A bound beyond this bounds nothing: exporters write the largest float where there is none. */
const NO_BOUND = 3e38;

/** One of the numbers that an operator chooses between. */
export interface Side {
  /** The output that counts the places where it is chosen: 0 or 1. */
  name: string;
  /** In words, where no reference chooses it. */
  untaken: string;
}

/** Where it is chosen: where a boolean holds or does not, or where one tensor is the larger one. */
type Chosen =
  | { is: "true" | "false"; flag: string }
  | { is: "larger"; one: string; other: string };

interface Asked {
  chosen: Chosen;
  untaken: string;
}

/**
 * The sides of Where, Clip, Min and Max of the main graph that values choose, and `ModelProto { graph { … } }` with an output
 * for each. `compared`: outputs of operators that are compared by themselves.
 */
export function guardSides(
  graph: OnnxModel,
  compared: ReadonlySet<string>,
): { sides: Side[]; more: Buffer } {
  if ((graph.opsets[""] ?? 0) < LEAST_OPSET)
    return { sides: [], more: Buffer.alloc(0) };

  const asked = askedOf(graph, compared);
  const sides = asked.map(({ untaken }, at) => ({
    ...{ name: `${OURS}${at}`, untaken },
  }));
  const parts = asked.flatMap(({ chosen }, at) => [
    ...countingNodes(chosen, `${OURS}${at}`).map((node) =>
      message(GRAPH_NODE, encodeNode(node)),
    ),
    message(GRAPH_OUTPUT, text(1, `${OURS}${at}`)),
  ]);

  return { sides, more: message(GRAPH, ...parts) };
}

function askedOf(graph: OnnxModel, compared: ReadonlySet<string>): Asked[] {
  const by = decidedBy(graph);
  const values = new Map(
    graph.constants
      .filter(({ scope }) => scope === "")
      .map((constant) => [constant.name, constant.values]),
  );
  const isFree = (name: string | undefined) => by(name ?? "", "") === "values";
  const isBound = (name = "") =>
    name !== "" &&
    !values.get(name)?.every((value) => Math.abs(value) > NO_BOUND);

  const scores = scoreChoices(graph);
  const isMain = ({ domain, scope, outputs }: OnnxNode) =>
    domain === "" && scope === "" && !compared.has(outputs[0] ?? "");

  return graph.nodes.filter(isMain).flatMap((node) => {
    const { op, inputs } = node;
    if (op === "Where" && isFree(inputs[0]))
      return ofWhere(node).filter(
        (_, at) => !scores.has(node) || isFree(inputs[at + 1]),
      );
    if (op === "Clip" && isFree(inputs[0])) return ofClip(node, isBound);

    // Of one tensor twice, it only keeps an optimiser away.
    const isOfTwo =
      ["Max", "Min"].includes(op) &&
      inputs.length === 2 &&
      inputs[0] !== inputs[1];
    return isOfTwo && inputs.some(isFree) ? ofTwo(node) : [];
  });
}

function ofWhere(node: OnnxNode): Asked[] {
  const [flag = ""] = node.inputs;
  return [
    asked(node, "takes the first value", { is: "true", flag }),
    asked(node, "takes the second value", { is: "false", flag }),
  ];
}

function ofClip(node: OnnxNode, isBound: (name?: string) => boolean): Asked[] {
  const [input = "", low, high] = node.inputs;
  const [output = ""] = node.outputs;
  const below = larger(node, "goes below the lower bound", output, input);
  const above = larger(node, "goes above the upper bound", input, output);

  return [...(isBound(low) ? [below] : []), ...(isBound(high) ? [above] : [])];
}

/** Of Max and Min, which take one where the result is not the other. */
function ofTwo(node: OnnxNode): Asked[] {
  const [first = "", second = ""] = node.inputs;
  const [output = ""] = node.outputs;

  return [second, first].map((other, at) => {
    const does = `takes the ${at === 0 ? "first" : "second"} value`;
    return node.op === "Max"
      ? larger(node, does, output, other)
      : larger(node, does, other, output);
  });
}

function larger(
  node: OnnxNode,
  does: string,
  one: string,
  other: string,
): Asked {
  return asked(node, does, { is: "larger", one, other });
}

function asked(node: OnnxNode, does: string, chosen: Chosen): Asked {
  const of = `of the ${node.op} ${calledOf(node)}`;
  const untaken = `no reference ${does} ${of}, so a fault in that would not be detected; add a case that does`;

  return { chosen, untaken };
}

/** A scalar: 1 where it is chosen anywhere. What has no elements is nowhere chosen. */
function countingNodes(chosen: Chosen, name: string): EncodedNode[] {
  const nodes: EncodedNode[] = [];
  const add = (
    op: string,
    inputs: string[],
    attributes: Record<string, EncodedAttribute> = {},
    output = `${name}.${nodes.length}`,
  ) => {
    nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  };
  const integers = (value: number) =>
    add("Constant", [], { value: { type: INT64, dims: [1], values: [value] } });
  const float = (value: string) => add("Cast", [value], { to: FLOAT32 });

  const flags = () => {
    if (chosen.is === "larger")
      return add("Greater", [float(chosen.one), float(chosen.other)]);
    return chosen.is === "true" ? chosen.flag : add("Not", [chosen.flag]);
  };

  const counts = add("Cast", [flags()], { to: INT64 });
  const flat = add("Reshape", [counts, integers(-1)]);
  const some = add("Concat", [flat, integers(0)], { axis: 0 });
  add("ReduceMax", [some], { keepdims: 0 }, name);

  return nodes;
}
