import type { CaseKind } from "../evidence/references.ts";
import {
  isFloat,
  sameShape,
  shapeText,
  type Tensor,
} from "../evidence/tensor.ts";
import { emptyReport, type OutputReport } from "../output-report.ts";
import { addFloatCase } from "./add-float-case.ts";
import { evidenceOf } from "./evidence.ts";
import { farthest } from "./farthest.ts";
import {
  createFloatAccumulator,
  type FloatAccumulator,
} from "./float-accumulator.ts";
import { reportFloat } from "./float-output.ts";
import {
  addIntegerCase,
  createIntegerAccumulator,
  type IntegerAccumulator,
  reportInteger,
} from "./integer-output.ts";
import type { EvidenceKind, OutputPlan } from "./output-plan.ts";

/** Gathers one output, or several that belong together, over all cases, a case at a time; then judges it. */
export interface Collector {
  add(outputs: CaseOutputs): Promise<void>;
  reports(): OutputReport[];
  /** What the references leave untested. */
  notes(): string[];
}

/** Outputs of one case; tensors of the references are read only when they are asked for. */
export interface CaseOutputs {
  name: string;
  kind: CaseKind;
  read(output: string): Promise<ComparedOutput | null>;
  /** A tensor inside of the graph, as the source computes it in fp64. */
  exactIntermediate(name: string): Promise<Tensor | null>;
}

export interface ComparedOutput {
  onnx: Tensor;
  fp32: Tensor | null;
  fp64: Tensor | null;
  /** fp32 computed in other ways. */
  variants: Tensor[];
  /** Of an argmax map: top 1 − top 2 of the source's fp64 logits, and their largest fp32 noise. */
  margin: Tensor | null;
  noise: Tensor | null;
}

export function createCollector(plan: OutputPlan): Collector {
  let floats: FloatAccumulator | undefined;
  let integers: IntegerAccumulator | undefined;
  let shape: number[] = [];
  let dtype = "";
  let mismatch = plan.typeProblem ?? undefined;

  async function add({ name, kind, read }: CaseOutputs): Promise<void> {
    if (kind === "extreme") return;

    const one = await read(plan.name);
    const source = one?.fp64 ?? one?.fp32;
    if (!one || !source) return;
    if (dtype === "") [dtype, shape] = [one.onnx.dtype, one.onnx.dims];

    mismatch ??= differs(name, one, source);
    if (mismatch) return;

    if (isFloat(one.onnx.dtype)) {
      const channels = plan.axis === null ? 1 : (source.dims[plan.axis] ?? 1);
      floats ??= createFloatAccumulator(one.onnx.dtype, plan.axis, channels);
      addFloatCase(floats, {
        name,
        onnx: one.onnx,
        ...sourceOf(plan.evidence, one, source),
      });
    } else {
      integers ??= createIntegerAccumulator(one.onnx.dtype);
      addIntegerCase(integers, { ...one, name, fp32: one.fp32 ?? source });
    }
  }

  function report(): OutputReport {
    const { name, called, evidence, tolerance } = plan;
    const empty = emptyReport(name, dtype, shape);

    if (mismatch)
      return {
        ...empty,
        status: "fail",
        kind: "wrong",
        message: `${called}: ${mismatch}`,
      };

    if (floats)
      return reportFloat(
        plan,
        shape,
        floats,
        evidenceOf(evidence, tolerance),
        tolerance,
      );

    if (integers) return reportInteger(plan, shape, integers);

    const message = `${called}: the references hold no random or real case for it; add some`;

    return { ...empty, status: "fail", kind: "unproven", message };
  }

  return { add, reports: () => [report()], notes: () => [] };
}

/** What is taken for exact, and what shows its noise. */
function sourceOf(
  evidence: EvidenceKind,
  { fp32, variants }: ComparedOutput,
  source: Tensor,
) {
  if (evidence === "fp64") return { exact: source, noisy: fp32 };
  const exact = fp32 ?? source;

  return {
    exact,
    noisy: evidence === "fp32" ? farthest(exact, variants) : null,
  };
}

function differs(
  name: string,
  { onnx, fp32, fp64 }: ComparedOutput,
  source: Tensor,
): string | undefined {
  if (!sameShape(onnx.dims, source.dims))
    return `its shape is ${shapeText(onnx.dims)} in the ONNX and ${shapeText(source.dims)} in the source, in case ${name}`;
  if (fp32 && fp64 && !sameShape(fp32.dims, fp64.dims))
    return `the source itself gives ${shapeText(fp32.dims)} in float32 and ${shapeText(fp64.dims)} in float64, in case ${name}`;

  return undefined;
}
