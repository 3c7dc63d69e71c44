import type { CaseKind, ReferenceCase, References } from "./references.ts";
import { malformed, unnamed } from "./references-fault.ts";
import {
  entriesBelow,
  functionProbes,
  INNER_KINDS,
  intermediateKinds,
  layerSamplings,
} from "./references-metadata.ts";
import { openTensors, type TensorEntry } from "./safetensors.ts";

const KINDS: readonly string[] = [
  "real",
  "random",
  "extreme",
  "shape",
] satisfies CaseKind[];
const MOST_VARIANTS = 64;

/** Opens `references.safetensors`: `<case>/in|fp32|fp64|aux/<name>`, and each case's kind in the metadata. */
export async function openReferences(path: string): Promise<References> {
  const file = await openTensors(path);
  try {
    const intermediate = intermediateKinds(file.metadata);
    const layers = layerSamplings(file.metadata);
    const functions = functionProbes(file.metadata);
    const weights = new Map(entriesBelow("weight/", file.metadata));
    const inner = { intermediate, layers, functions, weights };
    const cases = groupCases(file.entries, file.metadata, inner);
    checkIntermediate(cases, intermediate);
    checkInputs(cases);

    const leftOut = new Map(entriesBelow("left-out/", file.metadata));

    const files = new Map(entriesBelow("file/", file.metadata));

    const declaredDtypes = new Map(entriesBelow("dtype/", file.metadata));
    const { read, close } = file;

    return {
      ...{ cases, intermediate, layers, functions, weights },
      ...{ leftOut, files, declaredDtypes, read, close },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

type InnerNames = Pick<
  References,
  "intermediate" | "layers" | "functions" | "weights"
>;

/** Real cases first, so that reports show them; else in the file's order. */
function groupCases(
  entries: readonly TensorEntry[],
  metadata: Record<string, string>,
  inner: InnerNames,
): ReferenceCase[] {
  const cases = new Map<string, ReferenceCase>();
  for (const entry of entries) {
    const match = /^([^/]+)\/(in|fp32|fp64|aux)\/(.+)$/s.exec(entry.name);
    if (!match) throw unnamed(entry.name);

    const [, name = "", part = "in", tensor = ""] = match;
    const referenceCase =
      cases.get(name) ?? emptyCase(name, kindOf(name, metadata));

    cases.set(name, referenceCase);

    if (part === "aux") addAux(referenceCase, tensor, entry, inner);
    else
      referenceCase[part === "in" ? "inputs" : (part as "fp32" | "fp64")].set(
        tensor,
        entry,
      );
  }

  return [...cases.values()].sort(
    (a, b) => Number(b.kind === "real") - Number(a.kind === "real"),
  );
}

function emptyCase(name: string, kind: CaseKind): ReferenceCase {
  const map = () => new Map<string, TensorEntry>();
  return {
    ...{ name, kind, inputs: map(), fp32: map(), fp64: map(), variants: [] },
    ...{
      intermediate: { fp32: map(), fp64: map() },
      layers: { fp32: map(), fp64: map() },
      functions: { in: map(), fp32: map(), fp64: map() },
      weights: { rows: map(), columns: map() },
      predict: map(),
      pipeline: map(),
      aux: map(),
    },
  };
}

/** `fp32/<inner tensor>`, `layer.fp32/<tensor>`, `function.in/<tensor>`, `fp32.2/<output>`, `predict/<output>`; all else is a helper of its own name. */
function addAux(
  referenceCase: ReferenceCase,
  name: string,
  entry: TensorEntry,
  { intermediate, ...named }: InnerNames,
): void {
  if (addNamed(referenceCase, name, entry, named)) return;

  const [, part = "", number, tensor = ""] =
    /^(fp32|fp64|predict|pipeline)(?:\.(\d+))?\/(.+)$/s.exec(name) ?? [];
  if (part === "fp32" && number !== undefined)
    variantOf(referenceCase, Number(number)).set(tensor, entry);
  else if ((part === "predict" || part === "pipeline") && number === undefined)
    referenceCase[part].set(tensor, entry);
  else if (
    (part === "fp32" || part === "fp64") &&
    number === undefined &&
    !isHelper(tensor, intermediate)
  )
    referenceCase.intermediate[part].set(tensor, entry);
  else referenceCase.aux.set(name, entry);
}

/** Of layers, functions and weights that the metadata names; false where it is something else. */
function addNamed(
  { layers, functions, weights }: ReferenceCase,
  name: string,
  entry: TensorEntry,
  named: Omit<InnerNames, "intermediate">,
): boolean {
  const [, kind, part, tensor = ""] =
    /^(layer|function|weight)\.(in|fp32|fp64|rows|columns)\/(.+)$/s.exec(
      name,
    ) ?? [];

  const known = {
    layer: { names: named.layers, parts: layers },
    function: { names: named.functions, parts: functions },
    weight: { names: named.weights, parts: weights },
  }[kind as "layer" | "function" | "weight"];
  const tensors: Record<string, Map<string, TensorEntry>> | undefined =
    known?.names.has(tensor) ? known.parts : undefined;
  const held = tensors?.[part ?? ""];
  held?.set(tensor, entry);

  return held !== undefined;
}

/** An output may itself be called `fp32/x`: then `fp32/x.margin` helps to compare it. */
function isHelper(
  tensor: string,
  intermediate: References["intermediate"],
): boolean {
  return /\.(margin|noise)$/.test(tensor) && !intermediate.has(tensor);
}

function variantOf(
  referenceCase: ReferenceCase,
  number: number,
): Map<string, TensorEntry> {
  if (number < 1 || number > MOST_VARIANTS)
    throw malformed(
      `case ${referenceCase.name} has the float32 variant ${number}`,
      `variants are fp32.1 to fp32.${MOST_VARIANTS}`,
    );

  while (referenceCase.variants.length < number)
    referenceCase.variants.push(new Map());
  return referenceCase.variants[number - 1] ?? new Map();
}

/** A case that says nothing counts as evidence like a random one. */
function kindOf(name: string, metadata: Record<string, string>): CaseKind {
  const kind =
    metadata[`${name}/kind`] ??
    metadata[`kind.${name}`] ??
    metadata[`kind:${name}`] ??
    "random";

  if (!KINDS.includes(kind))
    throw malformed(
      `case ${name} has an unknown kind: ${kind}`,
      `the metadata entry ${name}/kind is one of ${KINDS.join(", ")}`,
    );

  return kind as CaseKind;
}

function checkIntermediate(
  cases: readonly ReferenceCase[],
  kinds: References["intermediate"],
): void {
  for (const { name, intermediate } of cases)
    for (const tensor of [
      ...intermediate.fp32.keys(),
      ...intermediate.fp64.keys(),
    ])
      if (!kinds.has(tensor))
        throw malformed(
          `the intermediate tensor ${tensor} of case ${name} has no kind`,
          `the metadata entry inner/${tensor} is one of ${INNER_KINDS.join(", ")}`,
        );
}

/** What one case feeds, all must feed. */
function checkInputs(cases: readonly ReferenceCase[]): void {
  const fed = new Map<string, string>();
  for (const { name, inputs } of cases)
    for (const input of inputs.keys())
      if (!fed.has(input)) fed.set(input, name);

  for (const { name, inputs } of cases)
    for (const [input, other] of fed)
      if (!inputs.has(input))
        throw malformed(
          `case ${name} has no value for the input ${input}, but case ${other} has one`,
          `write ${name}/in/${input}, or leave the case out`,
        );
}
