import type { OnnxModel } from "../../onnx/model.ts";
import {
  countingCases,
  outputShapes,
  type ReferenceCase,
  type References,
} from "../evidence/references.ts";
import { type Feeds, isFloat, sameShape } from "../evidence/tensor.ts";
import { type OutputReport, short } from "../output-report.ts";
import { addFloatCase } from "../parity/add-float-case.ts";
import { caseOutputs } from "../parity/case-outputs.ts";
import { channelAxis } from "../parity/channels.ts";
import {
  createFloatAccumulator,
  type FloatAccumulator,
} from "../parity/float-accumulator.ts";
import { NOISE_CAP } from "../parity/float-rule.ts";
import { planOutputs } from "../parity/plan-outputs.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Subject } from "../subject.ts";

/** Part of the scale that no kernel is off. */
const GROSS = 1e-2;

/** What is judged, and how it was judged as ONNX Runtime runs it. */
export interface FirstRun {
  subject: Subject;
  graph: OnnxModel;
  runtime: Runtime;
  references: References;
  reports: readonly OutputReport[];
}

/**
 * ONNX Runtime's kernels of LSTM, GRU and RNN approximate their activations, which the source's rounding does not
 * explain. Where outputs are wrong by the rule and little off, the same graph is run once more with these layers as
 * plain operators in float64. Null: what was found stands. Else the graph is the source's, and each output that was
 * wrong is a warning, or still wrong with the cause said. A warning wants both of these:
 * - the graph, spelled out, passes the same rule in all its outputs: weights, gates and directions are the source's,
 * - and what ONNX Runtime makes of it is nowhere farther from that than the source's noise may be (80 dB).
 */
export async function judgeSpelled(
  first: FirstRun,
): Promise<OutputReport[] | null> {
  const { reports, runtime } = first;
  if (!reports.some(isWrong) || !reports.every(mayBeKernel)) return null;

  const session = await runtime.spelled.open();
  if (!session) return null;
  try {
    const spelled = await judgeCases(first, session.run);
    if (spelled === null) return null;

    const say = spelled.isNear ? warned : stillWrong;
    return reports.map((report, at) =>
      isWrong(report) ? say(report, spelled.reports[at]) : report,
    );
  } finally {
    await session.release();
  }
}

function isWrong({ kind }: OutputReport): boolean {
  return kind === "wrong";
}

/** It is proved, or not grossly wrong: what a kernel can be. */
function mayBeKernel(report: OutputReport): boolean {
  const { kind, rule, dtype, mask_mismatches, max_abs, range } = report;
  if (kind === undefined) return true;

  const scale = Math.max(...(range ?? [0]).map(Math.abs));
  return (
    kind === "wrong" &&
    rule === "noise" &&
    dtype === "float32" &&
    mask_mismatches === 0 &&
    (max_abs ?? Number.POSITIVE_INFINITY) <= GROSS * scale
  );
}

interface SecondRun {
  /** Of the graph that is spelled out, all of them proved. */
  reports: OutputReport[];
  /** ONNX Runtime's own kernels are nowhere farther from it than the source's noise may be. */
  isNear: boolean;
}

/** Null where an output of the graph that is spelled out is not proved. */
async function judgeCases(
  { subject, graph, runtime, references }: FirstRun,
  run: (referenceCase: ReferenceCase) => Promise<Feeds>,
): Promise<SecondRun | null> {
  const cases = countingCases(references);
  const collectors = planOutputs(subject, graph, cases);
  const apart = new Map<string, FloatAccumulator>();

  for (const referenceCase of cases) {
    const outputs = await run(referenceCase).catch(() => null);
    if (outputs === null) return null;

    const plain = await runtime.session.runCase(referenceCase);
    if (!addApart(apart, cases, { name: referenceCase.name, plain, outputs }))
      return null;

    for (const collector of collectors.all)
      await collector.add(caseOutputs(referenceCase, outputs, references));
  }

  const isNear = [...apart.values()].every(
    ({ errors, scales, masks }) =>
      masks.count === 0 &&
      errors.every((error, at) => error <= NOISE_CAP * (scales[at] ?? 0)),
  );
  const reports = collectors.all.flatMap((collector) => collector.reports());

  return reports.every(({ status }) => status !== "fail")
    ? { reports, isNear }
    : null;
}

/** Both runs of one case. */
interface CaseRuns {
  name: string;
  plain: Feeds;
  /** Of the graph that is spelled out. */
  outputs: Feeds;
}

/** How far both runs are apart, pooled by channel; false where they have other outputs. */
function addApart(
  apart: Map<string, FloatAccumulator>,
  cases: readonly ReferenceCase[],
  { name, plain, outputs }: CaseRuns,
): boolean {
  for (const [output, onnx] of plain) {
    const exact = outputs.get(output);
    if (!exact || !sameShape(onnx.dims, exact.dims)) return false;
    if (!isFloat(onnx.dtype)) continue;

    const axis = channelAxis(outputShapes(output, cases), null);
    const channels = axis === null ? 1 : (onnx.dims[axis] ?? 1);
    const accumulator =
      apart.get(output) ?? createFloatAccumulator(onnx.dtype, axis, channels);
    apart.set(output, accumulator);
    addFloatCase(accumulator, { name, onnx, exact, noisy: null });
  }

  return true;
}

function warned(
  report: OutputReport,
  spelled: OutputReport | undefined,
): OutputReport {
  const { kind: _, ...measured } = report;
  const off = short(report.max_abs ?? 0);
  const notices = short(spelled?.would_notice ?? 0);

  return {
    ...measured,
    status: "warn",
    would_notice: spelled?.would_notice ?? null,
    message:
      `output "${report.name}" is up to ${off} off in ONNX Runtime, whose kernel of the recurrent layer approximates its ` +
      `activations; the same graph in float64 equals the source (differences above ${notices} would have been detected)`,
  };
}

function stillWrong(report: OutputReport): OutputReport {
  const message =
    `${report.message}; the same graph in float64 equals the source: ONNX Runtime's own kernel of the recurrent layer is that far off, ` +
    "as these weights make much of its rounding; state the tolerance that a device may have, or train with weight decay";

  return { ...report, message };
}
