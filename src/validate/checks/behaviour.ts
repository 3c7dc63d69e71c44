import type { OnnxModel } from "../../onnx/model.ts";
import {
  type Agreement,
  agreementText,
  isRefused,
  type OwnResult,
  rateOf,
  SAID,
} from "../agreement/agreement.ts";
import { compareOwn } from "../agreement/compare-own.ts";
import {
  type Finding,
  passed,
  type SessionCheck,
  skipped,
  warned,
  wrong,
} from "../check.ts";
import type { BoxPicture } from "../detection/box-picture.ts";
import { keepRule } from "../detection/keep-rule.ts";
import {
  cheapestFirst,
  countingCases,
  type ReferenceCase,
} from "../evidence/references.ts";
import { isFloat } from "../evidence/tensor.ts";
import type { IntermediateComparison } from "../intermediate/compare-intermediate.ts";
import { intermediateName } from "../intermediate/intermediate-names.ts";
import type { OutputReport } from "../output-report.ts";
import { planOutputs } from "../parity/plan-outputs.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** What the check puts into its details. */
interface BehaviourDetails {
  /** The unpatched source's own tensors inside of the graph. */
  intermediate: OutputReport[];
  /** Inner tensors, and predictions, that were not compared. */
  not_compared: IntermediateComparison["absent"];
  /** Cases that the inner tensors were compared in. */
  intermediate_cases: string[];
  agreement: Omit<Agreement, "boxes">[];
  /** Of a detector: the sample that agrees least. */
  boxes: BoxPicture[];
}

/**
 * The edge model does what the *unpatched* source model does. Parity compares with the model that the engine rewrote
 * for the export, whose faults are on both sides; and behind an argmax or a suppression a fault may never show.
 */
export const behaviour: SessionCheck<"behaviour", BehaviourDetails> = {
  name: "behaviour",
  title: "the unpatched source",
  question:
    "does it do what the unpatched source model does: the heads before softmax, ArgMax and NMS, and how often it decides as the source's own prediction?",
  next: "The export changed what the model computes: look at the layer that is named, or try another version of the exporter",
  canBeSwitchedOff: true,
  needs: "references",
  async run(subject, graph, runtime) {
    const references = await runtime.references.open();
    if (!references)
      return skipped("not run: there are no references to compare with");

    const cases = countingCases({ cases: await runtime.references.cases() });
    const { detections, sets } = planOutputs(subject, graph, cases);
    const intermediate = await runtime.unoptimised.intermediate();
    const outputsOf = (one: ReferenceCase) =>
      runtime.session.runCase(one).catch(() => null);
    const most =
      detections && keepRule(subject.contract, detections.dets).maxBoxes;
    const agreement: Agreement[] = [];

    for (const own of ["predict", "pipeline"] as const)
      agreement.push(
        ...(await compareOwn(own, {
          references,
          cases: affordable(cases, own, runtime),
          detections,
          most,
          outputsOf,
        })),
      );

    const lossy = lossOf(graph, sets);
    const left = [...references.leftOut]
      .map(([name, why]) => ({ name, why }))
      .filter(({ name }) => name !== "fp64");

    return conclude({
      intermediate,
      agreement,
      left,
      hidden: references.intermediate.size === 0 ? lossy : null,
      isLossy: lossy !== null,
    });
  },
};

/** Outputs that are too large to be remembered would be computed once more: then only in the cheapest case. */
function affordable(
  cases: readonly ReferenceCase[],
  own: OwnResult,
  runtime: Runtime,
): ReferenceCase[] {
  const having = cheapestFirst(cases).filter((one) => one[own].size > 0);
  const known = having.filter((one) => runtime.session.remembers(one));
  return known.length > 0 ? known : having.slice(0, 1);
}

/** Why a fault may lie behind the outputs: they lose what lies before them. Null where they show it. */
function lossOf(graph: OnnxModel, sets: ReadonlySet<string>): string | null {
  if (sets.size > 0) return AFTER_NMS;
  return graph.outputs.some(({ dtype }) => isFloat(dtype))
    ? null
    : AFTER_ARGMAX;
}

const GET =
  "an engine gives them as <case>/aux/fp32/<tensor> and <case>/aux/fp64/<tensor>";
const AFTER_NMS = `compared after NMS only: a fault in boxes that no reference keeps would not show; the references hold no tensors before it, ${GET}`;
const AFTER_ARGMAX = `compared after the choice of a class only: a fault in a class that no reference chooses would not show; the references hold no tensors before it, ${GET}`;

interface Found {
  intermediate: IntermediateComparison;
  agreement: readonly Agreement[];
  /** What the engine could not give: inner tensors, `predict`, `pipeline`. */
  left: IntermediateComparison["absent"];
  hidden: string | null;
  isLossy: boolean;
}

function conclude({
  intermediate,
  agreement,
  left,
  hidden,
  isLossy,
}: Found): Finding<BehaviourDetails> {
  const { source, rewritten } = intermediate.reports;
  const details: BehaviourDetails = {
    intermediate: source,
    not_compared: [...intermediate.absent, ...left],
    intermediate_cases: intermediate.cases,
    agreement: agreement.map(({ boxes: _, ...rest }) => rest),
    boxes: agreement.flatMap(({ boxes }) => boxes ?? []).slice(0, 1),
  };

  const all = { ...details };
  const faults = source
    .filter(({ kind }) => kind === "wrong")
    .map(({ message }) => message);
  if (faults.length > 0) return wrong(`${AGAINST}: ${firstOf(faults)}`, all);

  const refused = agreement.filter(isRefused).map(agreementText);
  if (refused.length > 0) return wrong(refused.join("; "), all);

  const open = [...source, ...rewritten].filter(
    ({ status, kind }) => status === "warn" || kind === "unproven",
  );

  const lacks = [
    ...(hidden ? [hidden] : []),
    ...absentText([
      ...intermediate.absent,
      ...(isLossy ? left.filter(({ name }) => name.startsWith("raw.")) : []),
    ]),
    ...(open.length > 0
      ? [`not proved: ${firstOf(open.map(({ message }) => message))}`]
      : []),
    ...agreement.flatMap(({ problem }) =>
      problem
        ? [`the source's own prediction cannot be compared: ${problem}`]
        : [],
    ),
    ...agreement.filter((one) => rateOf(one) < SAID).map(agreementText),
  ];
  if (lacks.length > 0) return warned(lacks.join("; "), all);

  const said = [
    ...(source.length > 0
      ? [
          `tensors before the outputs that are the unpatched source's: ${source.length}`,
        ]
      : []),
    ...agreement.map(agreementText),
  ];

  const why = left
    .filter(({ name }) => name === "predict")
    .map((one) => `: ${one.why}`);

  return said.length > 0
    ? passed(said.join("; "), all)
    : skipped(`not run: ${NOTHING}${why.join("")}`, all);
}

const AGAINST =
  "the unpatched source model computes something else before the outputs";
const NOTHING =
  "the references hold nothing that the unpatched source model computed itself";

function absentText(absent: IntermediateComparison["absent"]): string[] {
  const [first, ...others] = absent;
  if (!first) return [];

  const more = others.length > 0 ? ` (and ${others.length} more)` : "";

  return [
    `the heads before the outputs were not compared: ${intermediateName(first.name).called}: ${first.why}${more}`,
  ];
}

function firstOf([first = "", ...others]: string[]): string {
  return others.length > 0 ? `${first} (and ${others.length} more)` : first;
}
