import type { EncodedAttribute, EncodedNode } from "../../onnx/encode.ts";

/** Nodes in their order, each with a name of its own for what it gives. */
export interface Spelling {
  nodes: EncodedNode[];
  /** Adds a node with one output; its name. */
  add(
    op: string,
    inputs: readonly string[],
    attributes?: Record<string, EncodedAttribute>,
  ): string;
}

export function createSpelling(prefix: string): Spelling {
  const nodes: EncodedNode[] = [];
  return {
    nodes,
    add(op, inputs, attributes = {}) {
      const name = `${prefix}${nodes.length}`;
      nodes.push({ op, inputs, outputs: [name], attributes });
      return name;
    },
  };
}
