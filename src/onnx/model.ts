/** What `readOnnx` finds in a file without loading tensors. */
export interface OnnxModel {
  irVersion: number;
  producer: string;
  /** Newest version per domain; the default domain is "". */
  opsets: Record<string, number>;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  nodes: OnnxNode[];
  initializers: OnnxTensorInfo[];
  metadata: Record<string, string>;
  /** Nodes of subgraphs and local functions are in `nodes` too, with the path of their owner. */
  functions: { domain: string; name: string }[];
  docStrings: string[];
}

export interface OnnxValue {
  name: string;
  /** `float32`, `int64`, …; "" where it is no tensor. */
  dtype: string;
  shape: (number | string)[] | null;
}

export interface OnnxNode {
  op: string;
  domain: string;
  name: string;
  /** Where it stands: "" for the main graph, else e.g. `If_12/then_branch`. */
  scope: string;
}

export interface OnnxTensorInfo {
  name: string;
  dtype: string;
  dims: number[];
  /** Location relative to the model's folder, null where the data is inside. */
  external: { location: string; offset: number; length: number | null } | null;
}
