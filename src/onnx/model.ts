/** What `readOnnx` finds in a file without loading tensors. */
export interface OnnxModel {
  irVersion: number;
  producer: string;
  /** Newest version per domain; the default domain is "". */
  opsets: Record<string, number>;
  /** What must be fed; initializers that older files list among the inputs are left out. */
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  /** Nodes of subgraphs and local functions too, with the path of their owner. */
  nodes: OnnxNode[];
  initializers: OnnxTensorInfo[];
  /** Values of small initializers and of `Constant` nodes, of subgraphs too. */
  constants: OnnxConstant[];
  metadata: Record<string, string>;
  functions: { domain: string; name: string }[];
  /** Free text that no runtime needs: doc strings, metadata of nodes. */
  docStrings: string[];
}

export interface OnnxValue {
  name: string;
  /** `float32`, `int64`, …; "" where it is not a tensor. */
  dtype: string;
  /** Null where the file does not say; an unnamed symbolic axis is "". */
  shape: (number | string)[] | null;
}

export interface OnnxNode {
  op: string;
  domain: string;
  name: string;
  /** Where it stands: "" for the main graph, else e.g. `If_12/then_branch`. */
  scope: string;
  inputs: string[];
  outputs: string[];
}

export interface OnnxTensorInfo {
  name: string;
  dtype: string;
  dims: number[];
  /** Location relative to the model's folder, null where the data is inside. */
  external: { location: string; offset: number; length: number | null } | null;
}

export interface OnnxConstant {
  name: string;
  /** As of a node. */
  scope: string;
  values: number[];
}

/** Of a tensor, whose name may stand in several scopes. */
export function scopedKey(scope: string, name: string): string {
  return `${scope}\0${name}`;
}

/** Says in which function a scope lies, as `domain:name`; null where it is in none. */
export function functionFinder({
  functions,
}: Pick<OnnxModel, "functions">): (scope: string) => string | null {
  const roots = functions.map(({ domain, name }) => `${domain}:${name}`);

  return (scope) =>
    roots.find((root) => scope === root || scope.startsWith(`${root}/`)) ??
    null;
}

/** What a map by `scopedKey` holds for a name that is used in a scope. */
export type LookUp = <T>(
  map: ReadonlyMap<string, T>,
  name: string,
  scope: string,
) => T | undefined;

/** Looks names up as ONNX does: subgraphs see the names of what holds them, functions only their own. */
export function nameFinder(
  graph: Parameters<typeof functionFinder>[0],
): LookUp {
  const functionOf = functionFinder(graph);

  return (map, name, scope) => {
    const last = functionOf(scope) ?? "";

    for (let at = scope; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
      const found = map.get(scopedKey(at, name));
      if (found !== undefined || at === last || at === "") return found;
    }
  };
}

/** Of a node that holds graphs: what their scopes begin with. `place`: of the node in the file, from 1 on. */
export function ownerPath(
  { op, name, scope }: OnnxNode,
  place: number,
): string {
  return `${scope && `${scope}/`}${name || `${op}_${place}`}`;
}

/** Names of `TensorProto.DataType`, by number. */
const DTYPES = [
  "undefined",
  "float32",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "int32",
  "int64",
  "string",
  "bool",
  "float16",
  "float64",
  "uint32",
  "uint64",
  "complex64",
  "complex128",
  "bfloat16",
  "float8e4m3fn",
  "float8e4m3fnuz",
  "float8e5m2",
  "float8e5m2fnuz",
  "uint4",
  "int4",
  "float4e2m1",
];

/** Name of a tensor's element type; numbers that ONNX does not know become `type 99`. */
export function dtypeName(type: number): string {
  return DTYPES[type] ?? `type ${type}`;
}
