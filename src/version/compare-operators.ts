import type { OnnxModel } from "../onnx/model.ts";

/** An operator whose number of nodes changed. */
export interface OperatorChange {
  /** `Conv`, or with its domain `com.microsoft:Gelu`. */
  operator: string;
  was: number;
  is: number;
}

/** Operators that came, went, or are there more or less often, by name; nodes of subgraphs count. */
export function compareOperators(
  was: Pick<OnnxModel, "nodes">,
  is: Pick<OnnxModel, "nodes">,
): OperatorChange[] {
  const [before, after] = [counts(was), counts(is)];

  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((operator) => ({
      operator,
      was: before.get(operator) ?? 0,
      is: after.get(operator) ?? 0,
    }))
    .filter((change) => change.was !== change.is);
}

function counts({ nodes }: Pick<OnnxModel, "nodes">): Map<string, number> {
  const found = new Map<string, number>();
  for (const { op, domain } of nodes) {
    const isOwn = domain === "" || domain === "ai.onnx";
    const name = isOwn ? op : `${domain}:${op}`;
    found.set(name, (found.get(name) ?? 0) + 1);
  }

  return found;
}
