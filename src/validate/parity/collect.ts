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
} from "./integer-accumulator.ts";
import { reportInteger } from "./integer-report.ts";
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

    const compared = await read(plan.name);
    const source = compared?.fp64 ?? compared?.fp32;
    if (!compared || !source) return;

    const { onnx } = compared;
    if (dtype === "") [dtype, shape] = [onnx.dtype, onnx.dims];

    mismatch ??= differs(name, compared, source);
    if (mismatch) return;

    if (isFloat(onnx.dtype)) addFloats(name, compared, source);
    else {
      integers ??= createIntegerAccumulator(onnx.dtype);
      const fp32 = compared.fp32 ?? source;
      addIntegerCase(integers, { ...compared, name, fp32 });
    }
  }

  function addFloats(
    name: string,
    compared: ComparedOutput,
    source: Tensor,
  ): void {
    const { onnx } = compared;
    const { axis, other = null, evidence } = plan;
    const by = (at: number | null) =>
      createFloatAccumulator(
        onnx.dtype,
        at,
        at === null ? 1 : (source.dims[at] ?? 1),
      );
    floats ??= by(axis);
    floats.other ??= other === null ? null : by(other);
    addFloatCase(floats, {
      name,
      onnx,
      ...sourceOf(evidence, compared, source),
    });
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
      return reportFloat(plan, shape, floats, evidenceOf(evidence, tolerance));

    if (integers) return reportInteger(plan, shape, integers);

    const message = `${called}: the references contain no random or real case for it; add some`;

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
    return `its shape is ${shapeText(onnx.dims)} in the ONNX model and ${shapeText(source.dims)} in the source, in case ${name}`;
  if (fp32 && fp64 && !sameShape(fp32.dims, fp64.dims))
    return `the source itself gives ${shapeText(fp32.dims)} in float32 and ${shapeText(fp64.dims)} in float64, in case ${name}`;

  return undefined;
}
