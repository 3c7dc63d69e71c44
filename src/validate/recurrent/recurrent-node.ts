import type { Field, WireReader } from "../../onnx/wire.ts";

export type RecurrentOp = "LSTM" | "GRU" | "RNN";
export type Activation = "Sigmoid" | "Tanh" | "Relu";

/** An LSTM, GRU or RNN as ONNX defines it, with what is spelled out of it. */
export interface RecurrentNode {
  op: RecurrentOp;
  /** X, W, R, B, sequence_lens, initial_h, initial_c, P; "" or absent where not given. */
  inputs: string[];
  /** Y, Y_h, Y_c; "" or absent where not taken. */
  outputs: string[];
  hidden: number;
  /** One or two; true: from the last step to the first. */
  reversed: boolean[];
  /** Of a GRU. */
  linearBeforeReset: boolean;
  /** Of an RNN, one a direction. */
  activations: Activation[];
}

/** `unknown`: a form of such a node that is not spelled out; null: another operator. */
export type ReadNode = RecurrentNode | "unknown" | null;

const OPS: ReadonlySet<string> = new Set(["LSTM", "GRU", "RNN"]);
/** What each direction has where nothing is said. */
const DEFAULTS: Record<RecurrentOp, string[]> = {
  LSTM: ["Sigmoid", "Tanh", "Tanh"],
  GRU: ["Sigmoid", "Tanh"],
  RNN: ["Tanh"],
};
const ACTIVATIONS: readonly Activation[] = ["Sigmoid", "Tanh", "Relu"];
const DIRECTIONS: Record<string, boolean[]> = {
  forward: [false],
  reverse: [true],
  bidirectional: [false, true],
};
/** Places of sequence_lens and of peepholes. */
const NOT_SPELLED_INPUTS = [4, 7];
const KNOWN_ATTRIBUTES = new Set(
  "hidden_size direction activations linear_before_reset input_forget layout".split(
    " ",
  ),
);

interface Attribute {
  name: string;
  number: number;
  texts: string[];
  text: string;
}

/** `NodeProto` at `field`. Throws `MalformedOnnx`. */
export function readRecurrent(reader: WireReader, field: Field): ReadNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Field[] = [];
  let op = "";
  let domain = "";

  for (const part of reader.fields(field.start, field.end)) {
    if (part.number === 1) inputs.push(reader.text(part));
    if (part.number === 2) outputs.push(reader.text(part));
    if (part.number === 4) op = reader.text(part);
    if (part.number === 5) attributes.push(part);
    if (part.number === 7) domain = reader.text(part);
  }

  if (!OPS.has(op) || (domain !== "" && domain !== "ai.onnx")) return null;

  const said = new Map(
    attributes
      .map((attribute) => readAttribute(reader, attribute))
      .map((attribute) => [attribute.name, attribute]),
  );
  return withAttributes(op as RecurrentOp, { inputs, outputs }, said);
}

function withAttributes(
  op: RecurrentOp,
  { inputs, outputs }: Pick<RecurrentNode, "inputs" | "outputs">,
  said: ReadonlyMap<string, Attribute>,
): RecurrentNode | "unknown" {
  const number = (name: string) => said.get(name)?.number ?? 0;
  const reversed = DIRECTIONS[said.get("direction")?.text ?? "forward"];
  const activations = said.get("activations")?.texts ?? [];
  const unusual =
    [...said.keys()].some((name) => !KNOWN_ATTRIBUTES.has(name)) ||
    NOT_SPELLED_INPUTS.some((place) => inputs[place]) ||
    number("layout") !== 0 ||
    number("input_forget") !== 0;
  if (unusual || !reversed || number("hidden_size") <= 0) return "unknown";

  const chosen = chosenActivations(op, activations, reversed.length);
  if (chosen === null) return "unknown";

  return {
    ...{ op, inputs, outputs, reversed },
    hidden: number("hidden_size"),
    linearBeforeReset: number("linear_before_reset") !== 0,
    activations: chosen,
  };
}

/** Of an RNN those that are said; of the others only the usual ones. */
function chosenActivations(
  op: RecurrentOp,
  said: readonly string[],
  directions: number,
): Activation[] | null {
  const usual = Array.from({ length: directions }, () => DEFAULTS[op]).flat();
  const wanted = said.length === 0 ? usual : said;
  const known = wanted.map((name) =>
    ACTIVATIONS.find((each) => each.toLowerCase() === name.toLowerCase()),
  );
  if (known.length !== usual.length || known.includes(undefined)) return null;
  if (op !== "RNN" && known.some((name, at) => name !== usual[at])) return null;

  return known as Activation[];
}

function readAttribute(reader: WireReader, field: Field): Attribute {
  const found: Attribute = { name: "", number: 0, texts: [], text: "" };

  for (const part of reader.fields(field.start, field.end)) {
    if (part.number === 1) found.name = reader.text(part);
    if (part.number === 3) found.number = part.value;
    if (part.number === 4) found.text = reader.text(part);
    if (part.number === 9) found.texts.push(reader.text(part));
  }

  return found;
}
