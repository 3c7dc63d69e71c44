import { UsageError } from "../errors.ts";
import { openTensors, type TensorEntry, type TensorFile } from "./safetensors.ts";
import { sizeOf } from "./tensor.ts";

/** `real`: a sample; `random`: seeded; `extreme`: only the masks of NaN and infinity count; `shape`: another size. */
export type CaseKind = "real" | "random" | "extreme" | "shape";

/** What the source framework computes for one set of inputs; maps by the names of inputs and outputs. */
export interface ReferenceCase {
  name: string;
  kind: CaseKind;
  inputs: Map<string, TensorEntry>;
  fp32: Map<string, TensorEntry>;
  fp64: Map<string, TensorEntry>;
  /** Helpers of the comparison, e.g. `labels.margin`. */
  aux: Map<string, TensorEntry>;
}

export interface References {
  cases: ReferenceCase[];
  read: TensorFile["read"];
  close(): Promise<void>;
}

const KINDS: readonly string[] = ["real", "random", "extreme", "shape"] satisfies CaseKind[];
const PARTS = { in: "inputs", fp32: "fp32", fp64: "fp64", aux: "aux" } as const;

/** Opens `references.safetensors`: `<case>/in|fp32|fp64|aux/<name>`, and each case's kind in the metadata. */
export async function openReferences(path: string): Promise<References> {
  const file = await openTensors(path);
  try {
    return { cases: groupCases(file.entries, file.metadata), read: file.read, close: file.close };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Real cases first, so that reports show them; else in the file's order. */
export function groupCases(entries: readonly TensorEntry[], metadata: Record<string, string>): ReferenceCase[] {
  const cases = new Map<string, ReferenceCase>();
  for (const entry of entries) {
    const match = /^([^/]+)\/(in|fp32|fp64|aux)\/(.+)$/s.exec(entry.name);
    if (!match) throw unnamed(entry.name);
    const [, name = "", part = "in", tensor = ""] = match;
    const one = cases.get(name) ?? emptyCase(name, kindOf(name, metadata));
    one[PARTS[part as keyof typeof PARTS]].set(tensor, entry);
    cases.set(name, one);
  }
  return [...cases.values()].sort((a, b) => Number(b.kind === "real") - Number(a.kind === "real"));
}

function emptyCase(name: string, kind: CaseKind): ReferenceCase {
  return { name, kind, inputs: new Map(), fp32: new Map(), fp64: new Map(), aux: new Map() };
}

/** A case that says nothing counts as evidence like a random one. */
function kindOf(name: string, metadata: Record<string, string>): CaseKind {
  const kind = metadata[`${name}/kind`] ?? metadata[`kind.${name}`] ?? metadata[`kind:${name}`] ?? "random";
  if (!KINDS.includes(kind))
    throw new UsageError(`the references' case ${name} is of an unknown kind: ${kind}`, {
      code: "references-malformed",
      hint: `the metadata entry ${name}/kind is one of ${KINDS.join(", ")}`,
    });
  return kind as CaseKind;
}

function unnamed(name: string): UsageError {
  return new UsageError(`the references hold a tensor of an unknown name: ${name}`, {
    code: "references-malformed",
    hint: "names are <case>/in/<input>, <case>/fp32/<output>, <case>/fp64/<output> and <case>/aux/<name>",
  });
}

/** Cases that count as evidence: all but the extreme ones. */
export function countingCases({ cases }: References): ReferenceCase[] {
  return cases.filter(({ kind }) => kind !== "extreme");
}

/** The cheapest case that counts as evidence. */
export function smallestCase(cases: readonly ReferenceCase[]): ReferenceCase | undefined {
  return cases
    .filter(({ kind }) => kind !== "extreme")
    .toSorted((a, b) => elementsOf(a.inputs) - elementsOf(b.inputs))[0];
}

/** Elements of all inputs together. */
export function elementsOf(inputs: ReadonlyMap<string, { dims: number[] }>): number {
  return [...inputs.values()].reduce((sum, { dims }) => sum + sizeOf(dims), 0);
}
