import type { OnnxModel } from "../../onnx/model.ts";
import { isBatch } from "../axes.ts";
import { type Finding, passed, type SessionCheck, skipped, wrong } from "../check.ts";
import { bitEqual, boxDifference, difference, noiseOf, rowsOf } from "../near.ts";
import type { DetectionNames } from "../parity/detection/detection-report.ts";
import { planOutputs } from "../parity/plan-outputs.ts";
import type { Tolerance } from "../policy.ts";
import type { ReferenceCase, References } from "../references.ts";
import { type Feeds, feedsOf, ortMessage, type Runtime } from "../runtime.ts";
import { sizeOf } from "../tensor.ts";

/** Rows that are run alone. */
const ROWS = 4;
const RANDOM = new Set([
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
  "Bernoulli",
  "Multinomial",
  "Dropout",
]);

/** What must hold without any reference: f(x) = f(x), a batch equals its parts, optimised equals not optimised. */
export const metamorphic: SessionCheck = {
  name: "metamorphic",
  needs: "session",
  async run(subject, graph, runtime) {
    const references = await runtime.references();
    const cases = references?.cases.filter(({ kind }) => kind !== "extreme") ?? [];
    const small = cases.toSorted((a, b) => elements(a) - elements(b))[0];
    if (!references || !small) return skipped("not run: the references have no inputs to try");
    const { detections, sets } = planOutputs(subject, graph, cases);
    try {
      const feeds = await feedsOf(references, small);
      const first = await runtime.run(`case ${small.name}`, feeds);
      const again = await runtime.run(`case ${small.name} again`, feeds);
      const unsteady = [...first].filter(([name, tensor]) => !bitEqual(tensor, again.get(name) ?? tensor));
      if (unsteady.length > 0)
        return wrong(
          randomText(
            unsteady.map(([name]) => name),
            small,
            graph,
          ),
        );
      const plain = await runtime.run(`case ${small.name}, not optimised`, feeds, "disabled");
      const compared = { references, one: small, detections, sets, tolerance: subject.policy.tolerance };
      const optimised = await firstDifference(compared, first, plain);
      if (optimised) return wrong(`with and without optimisation the model differs: ${optimised}`);
      return await batchFinding(graph, runtime, cases, compared);
    } catch (error) {
      return wrong(`ONNX Runtime cannot run case ${small.name}: ${ortMessage(error)}`);
    }
  },
};

function elements({ inputs }: ReferenceCase): number {
  return [...inputs.values()].reduce((sum, { dims }) => sum + sizeOf(dims), 0);
}

function randomText(names: string[], { name }: ReferenceCase, { nodes }: OnnxModel): string {
  const suspects = nodes
    .filter(({ op }) => RANDOM.has(op))
    .map((node) => `${node.op}${node.name && ` "${node.name}"`}`);
  const why = suspects.length > 0 ? `; a random operator is left in the graph: ${suspects.slice(0, 3).join(", ")}` : "";
  return `the same input gives different outputs (${names.join(", ")}, case ${name})${why}`;
}

/** A batch equals its rows one by one; where one case has several rows and the axis is free. */
async function batchFinding(
  graph: OnnxModel,
  runtime: Runtime,
  cases: readonly ReferenceCase[],
  compared: Compared,
): Promise<Finding> {
  const same = "the same input gives the same output, with and without optimisation";
  const batched = cases.filter((one) => batchOf(graph, one) > 1).toSorted((a, b) => elements(a) - elements(b))[0];
  if (!batched) return passed(`${same}; no case has a batch to take apart`);
  const batch = batchOf(graph, batched);
  const feeds = await feedsOf(compared.references, batched);
  const whole = await runtime.run(`case ${batched.name}`, feeds);
  for (let row = 0; row < Math.min(batch, ROWS); row++) {
    const alone = new Map([...feeds].map(([name, tensor]) => [name, rowsOf(tensor, row, row + 1)]));
    const single = await runtime.run(`row ${row} of case ${batched.name}`, alone);
    const cut = new Map(
      [...whole]
        .filter(([, { dims }]) => dims[0] === batch)
        .map(([name, tensor]) => [name, rowsOf(tensor, row, row + 1)]),
    );
    const found = await firstDifference({ ...compared, one: batched }, cut, single);
    if (found)
      return wrong(
        `row ${row} of case ${batched.name} gives another result alone than in a batch of ${batch}: ${found}`,
      );
  }
  return passed(`${same}; a batch of ${batch} equals its rows`);
}

/** Rows of all inputs, where the first axis of each is a free batch of the same size; else 0. */
function batchOf({ inputs }: OnnxModel, one: ReferenceCase): number {
  const free = inputs.every(({ shape }) => isBatch(shape?.[0] ?? 0, 0, shape?.length ?? 0));
  const sizes = new Set(inputs.map(({ name }) => one.inputs.get(name)?.dims[0] ?? 0));
  return free && sizes.size === 1 ? ([...sizes][0] ?? 0) : 0;
}

interface Compared {
  references: References;
  one: ReferenceCase;
  detections: DetectionNames | null;
  sets: ReadonlySet<string>;
  tolerance: Tolerance;
}

async function firstDifference(
  { references, one, detections, sets, tolerance }: Compared,
  a: Feeds,
  b: Feeds,
): Promise<string | null> {
  for (const [name, tensor] of a) {
    const other = b.get(name);
    if (!other) continue;
    const found = sets.has(name)
      ? setDifference(name, detections, a, b)
      : difference(tensor, other, await noiseOf(references, one.fp32.get(name), one.fp64.get(name)), tolerance);
    if (found) return `output "${name}": ${found}`;
  }
  return null;
}

/** Labels and masks are compared with the boxes that they belong to. */
function setDifference(name: string, detections: DetectionNames | null, a: Feeds, b: Feeds): string | null {
  if (!detections || name !== detections.dets) return null;
  const { dets, labels } = detections;
  const [one, other] = [a.get(dets), b.get(dets)];
  const [left, right] = labels === null ? [] : [a.get(labels), b.get(labels)];
  return one && other ? boxDifference(one, other, left && right ? [left, right] : null) : null;
}
