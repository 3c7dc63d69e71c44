import type { OnnxModel } from "../../onnx/model.ts";
import { caseRefused } from "../case-refused.ts";
import { changedByOptimiser } from "../changed-by-optimiser.ts";
import {
  type Finding,
  passed,
  type SessionCheck,
  skipped,
  wrong,
} from "../check.ts";
import { feedsOf } from "../evidence/feeds.ts";
import {
  countingCases,
  type ReferenceCase,
  smallestCase,
} from "../evidence/references.ts";
import type { BatchSource } from "../metamorphic/batch.ts";
import { compareMixed } from "../metamorphic/compare-mixed.ts";
import { compareRows } from "../metamorphic/compare-rows.ts";
import {
  type ComparedRuns,
  firstDifference,
} from "../metamorphic/compare-runs.ts";
import { planOutputs } from "../parity/plan-outputs.ts";
import { randomNodes } from "../random-operators.ts";
import { bitEqual } from "../run-difference.ts";
import { ortMessage } from "../runtime/ort-message.ts";

/** What must hold without any reference: f(x) = f(x), a batch equals its parts, optimised equals not optimised. */
export const metamorphic: SessionCheck<"metamorphic"> = {
  name: "metamorphic",
  title: "what can be checked without a reference",
  question:
    "are the results the same when repeated, for a batch and its parts, with and without optimisation?",
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
    const rule: ComparedRuns = {
      references,
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
        plain && (await firstDifference(rule, small, [first, plain]));

      if (optimised) return wrong(changedByOptimiser(optimised));

      return await batchFinding({ graph, runtime, cases, rule });
    } catch (error) {
      return wrong(caseRefused(small.name, ortMessage(error)));
    }
  },
};

function randomText(
  names: string[],
  { name }: ReferenceCase,
  graph: OnnxModel,
): string {
  const left = randomNodes(graph).map(
    (node) => `${node.op}${node.name && ` "${node.name}"`}`,
  );

  const why =
    left.length > 0
      ? `; the graph still contains a random operator: ${left.slice(0, 3).join(", ")}`
      : "";

  return `the same input gives different outputs (${names.join(", ")}, case ${name})${why}`;
}

const SAME =
  "the same input gives the same output, with and without optimisation";

/** A batch equals its parts: the rows of a case, and rows of different cases beside each other. */
async function batchFinding(source: BatchSource): Promise<Finding> {
  const rows = await compareRows(source);
  if (rows.problem) return wrong(rows.problem);

  const mixed = rows.areDifferent ? null : await compareMixed(source);
  if (mixed?.problem) return wrong(mixed.problem);

  return passed([SAME, ...rows.said, ...(mixed?.said ?? [])].join("; "));
}
