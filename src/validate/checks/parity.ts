import type { OnnxModel } from "../../onnx/model.ts";
import { type Finding, passed, type SessionCheck, type Subject, unproven, wrong } from "../check.ts";
import type { OutputReport } from "../output-report.ts";
import { channelAxis } from "../parity/channels.ts";
import { type Collector, createCollector, type OutputPlan } from "../parity/collect.ts";
import { compareExtreme } from "../parity/extreme.ts";
import { nameProblem } from "../parity/names.ts";
import type { ReferenceCase, References } from "../references.ts";
import { type Feeds, feedsOf, ortMessage, type Runtime } from "../runtime.ts";
import type { Tensor } from "../tensor.ts";

/** What the parity check puts into its details. */
export interface ParityDetails {
  outputs: OutputReport[];
  /** Cases that count as evidence, in the order in which they ran. */
  cases: { name: string; kind: string }[];
}

/** The ONNX computes what the source framework computed, judged against the source's own float64. */
export const parity: SessionCheck = {
  name: "parity",
  needs: "session",
  async run(subject, graph, runtime) {
    const references = await runtime.references();
    if (!references)
      return unproven("there are no references to compare with; convert the model with an engine, or give --evidence");
    const problem = nameProblem(graph, references.cases);
    if (problem) return wrong(problem.message, { pairing: problem.pairing });
    return compareAll(subject, graph, runtime, references);
  },
};

async function compareAll(
  subject: Subject,
  graph: OnnxModel,
  runtime: Runtime,
  references: References,
): Promise<Finding> {
  const counting = references.cases.filter(({ kind }) => kind !== "extreme");
  const collectors = new Map(planOutputs(subject, graph, counting).map((plan) => [plan.name, createCollector(plan)]));
  const failures: string[] = [];
  for (const one of references.cases) {
    try {
      const outputs = await runtime.run(`case ${one.name}`, await feedsOf(references, one));
      if (one.kind === "extreme") failures.push(...(await compareExtreme(one, outputs, references)));
      else await addCase(collectors, one, outputs, references);
    } catch (error) {
      failures.push(`ONNX Runtime cannot run case ${one.name}: ${ortMessage(error)}`);
    }
  }
  return conclude(
    [...collectors.values()].map((collector) => collector.report()),
    counting,
    failures,
  );
}

async function addCase(
  collectors: ReadonlyMap<string, Collector>,
  one: ReferenceCase,
  outputs: Feeds,
  references: References,
): Promise<void> {
  const read = async (from: ReferenceCase["fp32"], name: string): Promise<Tensor | null> => {
    const entry = from.get(name);
    return entry ? references.read(entry) : null;
  };
  for (const [name, collector] of collectors) {
    const onnx = outputs.get(name);
    if (!onnx) continue;
    const [fp32, fp64] = [await read(one.fp32, name), await read(one.fp64, name)];
    collector.add({ name: one.name, onnx, fp32, fp64, margin: await read(one.aux, `${name}.margin`) });
  }
}

/** What is known of each output before anything runs: shapes stand in the references' header. */
function planOutputs({ contract, policy }: Subject, graph: OnnxModel, cases: readonly ReferenceCase[]): OutputPlan[] {
  return graph.outputs.map(({ name }) => {
    const having = cases.filter(({ fp32, fp64 }) => fp32.has(name) || fp64.has(name));
    const shapes = having.map(({ fp32, fp64 }) => (fp64.get(name) ?? fp32.get(name))?.dims ?? []);
    return {
      name,
      axis: channelAxis(shapes, chosenAxis(contract, name)),
      fp64: having.length > 0 && having.every(({ fp32, fp64 }) => fp32.has(name) && fp64.has(name)),
      tolerance: policy.tolerance,
    };
  });
}

/** `channel_axis` of the contract's output. */
function chosenAxis(contract: Subject["contract"], name: string): number | null {
  const outputs = contract?.outputs;
  if (!Array.isArray(outputs)) return null;
  const axis = outputs.find((output: { name?: unknown }) => output.name === name)?.channel_axis;
  return Number.isInteger(axis) ? axis : null;
}

function conclude(outputs: OutputReport[], counting: readonly ReferenceCase[], failures: string[]): Finding {
  const details = { outputs, cases: counting.map(({ name, kind }) => ({ name, kind })) } satisfies ParityDetails;
  const bad = (kind: "wrong" | "unproven") =>
    outputs.filter((output) => output.kind === kind).map(({ message }) => message);
  const wrongs = [...failures, ...bad("wrong")];
  if (wrongs.length > 0) return wrong(wrongs.join("; "), { ...details });
  const open = bad("unproven");
  if (open.length > 0) return unproven(open.join("; "), { ...details });
  if (outputs.length === 0) return unproven("the model has no outputs to compare", { ...details });
  return passed(`${outputs.map(({ message }) => message).join("; ")}, over ${counting.length} cases`, { ...details });
}
