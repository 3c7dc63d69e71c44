import type { Tolerance } from "../../config/policy.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import { caseRefused } from "../case-refused.ts";
import {
  type Finding,
  passed,
  type SessionCheck,
  skipped,
  wrong,
} from "../check.ts";
import type { DetectionNames } from "../detection/detection-names.ts";
import { isBatch } from "../evidence/axes.ts";
import { feedsOf } from "../evidence/feeds.ts";
import {
  countingCases,
  type ReferenceCase,
  type References,
  smallestCase,
} from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import { planOutputs } from "../parity/plan-outputs.ts";
import {
  bitEqual,
  boxDifference,
  difference,
  noiseOf,
  rowsOf,
} from "../run-difference.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Rows that are run alone, where there is room. */
const ROWS = 4;
const RANDOM = new Set([
  ...["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"],
  ...["Bernoulli", "Multinomial", "Dropout"],
]);

/** What must hold without any reference: f(x) = f(x), a batch equals its parts, optimised equals not optimised. */
export const metamorphic: SessionCheck<"metamorphic"> = {
  name: "metamorphic",
  title: "what holds without a reference",
  question:
    "does it give the same twice, the same for a batch and its parts, the same optimised and not?",
  next: "Export the model in evaluation mode, without dropout, random operators or statistics over the batch",
  canBeSwitchedOff: true,
  needs: "inputs",
  async run(subject, graph, runtime) {
    const references = await runtime.references.open();
    const small = references && smallestCase(references.cases);
    if (!references || !small)
      return skipped("not run: the references have no inputs to try");

    const cases = countingCases(references);
    const { detections, sets } = planOutputs(subject, graph, cases);
    const compared: Compared = {
      references,
      one: small,
      detections,
      sets,
      tolerance: subject.policy.tolerance,
    };

    try {
      const first = await runtime.session.runCase(small);
      const again = await runtime.session.run(
        `case ${small.name} again`,
        await feedsOf(references, small),
      );

      const unsteady = [...first].filter(
        ([name, tensor]) => !bitEqual(tensor, again.get(name) ?? tensor),
      );

      if (unsteady.length > 0)
        return wrong(
          randomText(
            unsteady.map(([name]) => name),
            small,
            graph,
          ),
        );

      const plain = await runtime.unoptimised.outputs();
      const optimised =
        plain && (await firstDifference(compared, first, plain));

      if (optimised)
        return wrong(
          `with and without optimisation the model differs: ${optimised}`,
        );

      return await batchFinding(graph, runtime, cases, compared);
    } catch (error) {
      return wrong(caseRefused(small.name, ortMessage(error)));
    }
  },
};

function randomText(
  names: string[],
  { name }: ReferenceCase,
  { nodes }: OnnxModel,
): string {
  const left = nodes
    .filter(({ op }) => RANDOM.has(op))
    .map((node) => `${node.op}${node.name && ` "${node.name}"`}`);

  const why =
    left.length > 0
      ? `; a random operator is left in the graph: ${left.slice(0, 3).join(", ")}`
      : "";

  return `the same input gives different outputs (${names.join(", ")}, case ${name})${why}`;
}

/** A batch equals its rows one by one; where one case has several rows and the axis is free. */
async function batchFinding(
  graph: OnnxModel,
  runtime: Runtime,
  cases: readonly ReferenceCase[],
  compared: Compared,
): Promise<Finding> {
  const same =
    "the same input gives the same output, with and without optimisation";
  const one = smallestCase(cases.filter((each) => batchOf(graph, each) > 1));
  if (!one) return passed(`${same}; no case has a batch to take apart`);

  const batch = batchOf(graph, one);
  const feeds = await feedsOf(compared.references, one);
  let whole: Feeds;

  try {
    whole = await runtime.session.runCase(one);
  } catch (error) {
    return wrong(caseRefused(one.name, ortMessage(error)));
  }

  // From the last row: the first is right even where a batch of one is baked in.
  for (
    let row = batch - 1, tried = 0;
    row >= 0 && tried < ROWS && (tried === 0 || runtime.budget.hasRoom());
    row--, tried++
  ) {
    const single = await runtime.session.run(
      `row ${row} of case ${one.name}`,
      rowOf(feeds, row),
    );

    const cut = rowOf(
      new Map([...whole].filter(([, { dims }]) => dims[0] === batch)),
      row,
    );

    const found = await firstDifference({ ...compared, one }, cut, single);

    if (found)
      return wrong(
        `row ${row} of case ${one.name} gives another result alone than in a batch of ${batch}: ${found}`,
      );
  }

  return passed(`${same}; a batch of ${batch} equals its rows`);
}

function rowOf(tensors: Feeds, row: number): Feeds {
  return new Map(
    [...tensors].map(([name, tensor]) => [name, rowsOf(tensor, row, row + 1)]),
  );
}

/** Rows of all inputs, where the first axis of each is a free batch of the same size; else 0. */
function batchOf({ inputs }: OnnxModel, one: ReferenceCase): number {
  const free = inputs.every(({ shape }) =>
    isBatch(shape?.[0] ?? 0, 0, shape?.length ?? 0),
  );

  const sizes = new Set(
    inputs.map(({ name }) => one.inputs.get(name)?.dims[0] ?? 0),
  );

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

    const noise = sets.has(name)
      ? 0
      : await noiseOf(references, one.fp32.get(name), one.fp64.get(name));

    const found = sets.has(name)
      ? setDifference(name, detections, a, b)
      : difference(tensor, other, noise, tolerance);
    if (found) return `output "${name}": ${found}`;
  }
  return null;
}

/** Labels and masks are compared with the boxes that they belong to. */
function setDifference(
  name: string,
  detections: DetectionNames | null,
  a: Feeds,
  b: Feeds,
): string | null {
  if (!detections || name !== detections.dets) return null;

  const { dets, labels } = detections;
  const [one, other] = [a.get(dets), b.get(dets)];
  const [left, right] = labels === null ? [] : [a.get(labels), b.get(labels)];

  return one && other
    ? boxDifference(one, other, left && right ? [left, right] : null)
    : null;
}
