import {
  type EncodedAttribute,
  type EncodedNode,
  encodeNode,
  INT64,
  message,
} from "../../onnx/encode.ts";

/** Begins the names of all that is put into the graph. */
const OURS = "model-to-edge/trap/";
/** One integer for each trap: 1 where it is set. */
export const ARMED = `${OURS}armed`;

const NODE = 1;

/** What a run must meet inside of a branch or a body, so that a trap is sprung; all names are those that are seen there. */
export type Meets =
  | { kind: "always" }
  | { kind: "false"; flag: string }
  /** `step`: the number of the step, from 0 on. */
  | { kind: "further"; step: string }
  | { kind: "last"; step: string; count: string };

/** Nodes that end the run with an error where the trap is set and the run meets this: a row is gathered that is not there. */
export function trapNodes(at: number, meets: Meets): Buffer {
  const nodes: EncodedNode[] = [];
  const add = (
    op: string,
    inputs: string[],
    attributes: Record<string, EncodedAttribute> = {},
  ) => {
    const name = `${OURS}${at}.${nodes.length}`;
    nodes.push({ op, inputs, outputs: [name], attributes, name });
    return name;
  };
  const integer = (value: number, dims: number[] = []) =>
    add("Constant", [], { value: { type: INT64, dims, values: [value] } });

  const isMet = (): string | null => {
    if (meets.kind === "always") return null;
    if (meets.kind === "false") return add("Not", [meets.flag]);
    if (meets.kind === "further")
      return add("Not", [add("Equal", [meets.step, integer(0)])]);

    const done = add("Add", [meets.step, integer(1)]);
    return add("Equal", [done, meets.count]);
  };

  const met = isMet();
  const armed = add("Gather", [ARMED, integer(at)]);
  const index =
    met === null
      ? armed
      : add("Mul", [armed, add("Cast", [met], { to: INT64 })]);
  add("Gather", [integer(0, [1]), index]);

  const last = nodes.at(-1);
  if (last) last.name = trapName(at);

  return Buffer.concat(nodes.map((node) => message(NODE, encodeNode(node))));
}

/** Which trap ended a run, by ONNX Runtime's message; null where something else did. */
export function sprungTrap(error: unknown): number | null {
  const text = error instanceof Error ? error.message : String(error);
  const [, at] = SPRUNG.exec(text) ?? [];

  return at === undefined ? null : Number(at);
}

const SPRUNG = new RegExp(`${OURS}(\\d+)\\.sprung`);

function trapName(at: number): string {
  return `${OURS}${at}.sprung`;
}
