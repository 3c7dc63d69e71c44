import type { OnnxModel } from "../../onnx/model.ts";
import { message, type Says, sentence } from "../../text/message.ts";
import { caseRefused } from "../case-refused.ts";
import { type Finding, type SessionCheck, unproven, wrong } from "../check.ts";
import {
  countingCases,
  type ReferenceCase,
  type References,
  smallestCase,
} from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import type { IntermediateComparison } from "../intermediate/compare-intermediate.ts";
import { caseOutputs } from "../parity/case-outputs.ts";
import { createPictureCollector } from "../parity/case-pictures.ts";
import {
  type ComparedOutputs,
  concludeParity,
  type ParityDetails,
} from "../parity/conclude-parity.ts";
import { dtypeProblems } from "../parity/dtypes.ts";
import { compareExtreme } from "../parity/extreme.ts";
import {
  fixedInputs,
  fixedText,
  ignoredInput,
} from "../parity/fixed-inputs.ts";
import { nameProblem } from "../parity/names.ts";
import { likelyPairs, type Pair, pairText } from "../parity/pairing.ts";
import { planOutputs } from "../parity/plan-outputs.ts";
import { policyNames } from "../parity/policy-rule.ts";
import { judgeSpelled } from "../recurrent/second-run.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Subject } from "../subject.ts";

/** The ONNX computes what the source framework computed, judged against the source's own float64. */
export const parity: SessionCheck<"parity", ParityDetails> = {
  name: "parity",
  title: "the outputs",
  question: "does it compute what the source framework computes?",
  next: "Check how this output's last layers are exported, or try another opset: the exported graph computes something different from the source",
  canBeSwitchedOff: false,
  needs: "references",
  async run(subject, graph, runtime) {
    const references = await runtime.references.open();
    if (!references)
      return unproven(
        "there are no references to compare with; convert the model with an engine, or give --evidence",
      );

    const counting = countingCases(references);
    const problem = nameProblem(graph, counting);
    if (!problem) return compareAll(subject, graph, runtime, references);

    const pairing =
      problem.of === "outputs"
        ? await pairingOf(runtime, references, counting)
        : [];

    const likely = pairText(
      pairing.filter(({ onnx, source }) => onnx !== source),
    );

    return wrong(
      `${problem.message}${likely && ` (by their values ${likely})`}`,
      { pairing },
    );
  },
};

/** Which output is which by its values in the first case; empty where it does not run. */
async function pairingOf(
  runtime: Runtime,
  references: References,
  cases: readonly ReferenceCase[],
): Promise<Pair[]> {
  const [first] = cases;
  if (!first) return [];

  const outputs = await runtime.session.runCase(first).catch(() => null);

  return outputs ? likelyPairs(outputs, first, references) : [];
}

async function compareAll(
  subject: Subject,
  graph: OnnxModel,
  runtime: Runtime,
  references: References,
): Promise<Finding<ParityDetails>> {
  const counting = countingCases(references);
  const intermediate = await runtime.unoptimised.intermediate();
  const dtypes = dtypeProblems(graph, counting, {
    declared: references.declaredDtypes,
    tolerance: subject.policy.tolerance,
  });

  const collectors = planOutputs(subject, graph, counting, {
    proved: isProved(intermediate),
    dtypes,
  });

  const failures: Says[] = [...dtypes]
    .filter(([name]) => collectors.sets.has(name))
    .map(([name, problem]) => `output "${name}": ${problem}`);

  const seen = createPictureCollector(subject.contract);

  for (const referenceCase of await runtime.references.cases()) {
    let outputs: Feeds;
    try {
      outputs = await runtime.session.runCase(referenceCase);
    } catch (error) {
      failures.push(caseRefused(referenceCase.name, ortMessage(error)));
      continue;
    }

    if (referenceCase.kind === "extreme")
      failures.push(
        ...(await compareExtreme(
          referenceCase,
          outputs,
          references,
          collectors.sets,
        )),
      );

    for (const collector of collectors.all)
      await collector.add(caseOutputs(referenceCase, outputs, references));
    await seen.add(caseOutputs(referenceCase, outputs, references));
  }

  const reports = collectors.all.flatMap((collector) => collector.reports());
  const spelled =
    failures.length > 0
      ? null
      : await judgeSpelled({ subject, graph, runtime, references, reports });

  const details: ComparedOutputs = {
    outputs: spelled ?? reports,
    intermediate: intermediate.reports.rewritten,
    ...(await insideOf(subject, runtime)),
    cases: counting.map((each) => namedCase(each, references)),
    boxes: collectors.pictures(),
    classes: seen.classes,
    masks: seen.masks,
  };

  const fixed = isMinimumStated(subject)
    ? []
    : await fixedInputs(counting, references);

  const notes = [
    ...collectors.all.flatMap((collector) => collector.notes()),
    ...fixedText(fixed),
    ...(await untakenBranches(subject, runtime)),
  ];

  const ignored =
    failures.length > 0
      ? null
      : await ignoredInput(
          fixed,
          smallestCase(counting),
          runtime.session,
          references,
        );

  const finding = concludeParity(details, failures, notes, ignored);
  if (finding.kind !== "wrong" || graph.outputs.length < 2) return finding;

  const swapped = (await pairingOf(runtime, references, counting)).filter(
    ({ onnx, source }) => onnx !== source,
  );
  if (swapped.length === 0) return finding;

  const says = sentence`the outputs seem to be swapped: by their values ${pairText(swapped)}; ${finding.message.parts}`;

  return {
    ...finding,
    message: message("outputs-permuted", says, "compare"),
    details: { ...finding.details, pairing: swapped },
  };
}

/** A minimum of evidence that was stated counts instead of ours. */
function isMinimumStated({ policy }: Subject): boolean {
  return policy.tolerance.min_values !== null;
}

async function untakenBranches(
  subject: Subject,
  { branches }: Runtime,
): Promise<string[]> {
  return isMinimumStated(subject) ? [] : branches.untaken();
}

/** A tolerance that was stated allows what rounding does not explain, of the outputs; of what is inside nobody stated one. */
async function insideOf(
  subject: Subject,
  runtime: Runtime,
): Promise<Pick<ComparedOutputs, "layers" | "functions" | "weights">> {
  if (policyNames(subject.policy.tolerance).length > 0)
    return { layers: null, functions: null, weights: null };

  const layers = await runtime.unoptimised.layers();
  const functions = await runtime.functions.compare();

  return { layers, functions, weights: await runtime.weights.compare() };
}

/** With the file of the sample, where the engine names it. */
function namedCase(
  { name, kind }: ReferenceCase,
  { files }: References,
): ParityDetails["cases"][number] {
  const file = files.get(name);
  return { name, kind, ...(file === undefined ? {} : { file }) };
}

/** All tensors before what loses information were compared and are the source's. */
function isProved({ reports, absent }: IntermediateComparison): boolean {
  const all = [...reports.source, ...reports.rewritten];
  return (
    all.length > 0 &&
    absent.length === 0 &&
    all.every(({ status }) => status === "pass")
  );
}
