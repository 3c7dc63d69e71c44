import type { OnnxModel, OnnxValue } from "../../onnx/model.ts";
import { checkAgainst } from "../../schema.ts";
import { type GraphCheck, passed, type Subject, skipped, warned, wrong } from "../check.ts";
import { openReferences } from "../references.ts";
import { numbersOf, shapeText } from "../tensor.ts";

interface Port {
  name: string;
  dtype: string;
  shape: (number | string)[];
}

const DTYPES: Record<string, string> = {
  ...{ f64: "float64", f32: "float32", f16: "float16", bf16: "bfloat16", bool: "bool" },
  ...{ i64: "int64", i32: "int32", i16: "int16", i8: "int8", u64: "uint64", u32: "uint32", u16: "uint16", u8: "uint8" },
};

/** The graph is what `contract.json` tells the device's program: names, dtypes, open axes, versions, classes. */
export const contract: GraphCheck = {
  name: "contract",
  needs: "graph",
  async run(subject, graph) {
    if (subject.contractProblem) return wrong(subject.contractProblem);
    const said = subject.contract;
    if (!said) return skipped("not run: there is no contract.json");
    const invalid = await checkAgainst("contract", said);
    if (invalid.length > 0) return wrong(`contract.json does not match its schema: ${invalid.slice(0, 3).join("; ")}`);
    const inputs = (said.inputs ?? [said.input]) as Port[];
    const problems = [
      ...versionProblems(said, graph),
      ...portProblems("input", inputs, graph.inputs),
      ...portProblems("output", said.outputs as Port[], graph.outputs),
      ...(await classProblems(said, graph, subject)),
    ];
    if (problems.length > 0) return wrong(`contract.json is not what the model is: ${problems.join("; ")}`);
    const notes = opaqueSteps(said);
    if (notes.length > 0) return warned(`contract.json cannot say the pre-processing steps ${notes.join(", ")}`);
    return passed("contract.json says what the model is");
  },
};

function versionProblems(said: Record<string, unknown>, graph: OnnxModel): string[] {
  const used = new Set(graph.nodes.map(({ domain }) => domain));
  const named = Array.isArray(said.domains)
    ? new Set(said.domains.map((domain) => (domain === "ai.onnx" ? "" : domain)))
    : used;
  const unnamed = [...used].filter((domain) => !named.has(domain));
  return [
    ...differs("opset", said.opset, graph.opsets[""]),
    ...differs("IR version", said.ir, graph.irVersion),
    ...(unnamed.length > 0
      ? [`it does not name the domains ${unnamed.map((domain) => `"${domain}"`).join(", ")}`]
      : []),
  ];
}

function differs(what: string, said: unknown, is: number | undefined): string[] {
  return said === undefined || said === is ? [] : [`it says ${what} ${said}, the model has ${is ?? "none"}`];
}

function portProblems(kind: string, said: readonly Port[], values: readonly OnnxValue[]): string[] {
  const names = said.map(({ name }) => name);
  const is = values.map(({ name }) => name);
  if (names.join("\0") !== is.join("\0"))
    return [`it says the ${kind}s ${names.join(", ")}, the model has ${is.join(", ")}`];
  return values.flatMap((value, index) => {
    const port = said[index];
    return port ? portProblem(kind, port, value) : [];
  });
}

function portProblem(kind: string, { name, dtype, shape }: Port, value: OnnxValue): string[] {
  const what = `${kind} "${name}"`;
  if (DTYPES[dtype] !== value.dtype) return [`it says ${what} is ${DTYPES[dtype]}, the model has ${value.dtype}`];
  const own = value.shape;
  if (!own) return [];
  // Outputs may be fixed in fact where the graph does not know it; what is promised open must be open.
  const fits =
    shape.length === own.length &&
    shape.every((dim, axis) =>
      typeof dim === "number" ? dim === own[axis] || typeof own[axis] === "string" : typeof own[axis] === "string",
    );
  const strict = kind === "output" || shape.every((dim, axis) => typeof dim === typeof own[axis]);
  return fits && strict ? [] : [`it says ${what} has the shape ${shapeText(shape)}, the model has ${shapeText(own)}`];
}

/** One class for each score, and no label beyond them. */
async function classProblems(
  said: Record<string, unknown>,
  graph: OnnxModel,
  { references }: Subject,
): Promise<string[]> {
  const classes = Array.isArray(said.classes) ? said.classes.length : 0;
  if (classes === 0) return [];
  const outputs = said.outputs as (Port & { activation?: string; label_offset?: number })[];
  if (said.task === "classification") {
    const columns = graph.outputs[0]?.shape?.at(-1) ?? outputs[0]?.shape.at(-1);
    if (typeof columns === "number" && columns !== classes)
      return [`it names ${classes} classes, the model gives ${columns} scores`];
  }
  const labels = outputs.find((output) => output.label_offset !== undefined || output.activation === "argmax_inside");
  const largest = labels && references ? await largestLabel(references, labels.name) : -1;
  const last = classes - 1 + (labels?.label_offset ?? 0);
  return largest > last ? [`it names ${classes} classes, but the source gives the label ${largest}`] : [];
}

/** −1 where the references hold none, or cannot be read: parity says that. */
async function largestLabel(path: string, output: string): Promise<number> {
  const references = await openReferences(path).catch(() => null);
  if (!references) return -1;
  let largest = -1;
  try {
    for (const { fp32, kind } of references.cases) {
      const entry = fp32.get(output);
      if (!entry || kind === "extreme") continue;
      for (const label of numbersOf(await references.read(entry))) largest = Math.max(largest, label);
    }
  } finally {
    await references.close();
  }
  return largest;
}

function opaqueSteps(said: Record<string, unknown>): string[] {
  const steps = (said.preprocess ?? []) as Record<string, unknown>[];
  return steps.flatMap((step) => (typeof step.opaque === "string" ? [step.opaque] : []));
}
