import type { Tolerance } from "../../config/policy.ts";
import { emptyReport, type OutputReport } from "../output-report.ts";
import type { CaseKind } from "../references.ts";
import { isFloat, sameShape, shapeText, type Tensor } from "../tensor.ts";
import { evidenceOf } from "./evidence.ts";
import { reportFloat } from "./float-output.ts";
import { addCase, createFloatPool, type FloatPool } from "./float-pool.ts";
import { addIntegerCase, createIntegerPool, type IntegerPool, reportInteger } from "./integer-output.ts";

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
}

export interface ComparedOutput {
  onnx: Tensor;
  fp32: Tensor | null;
  fp64: Tensor | null;
  /** Of an argmax map: top 1 − top 2 of the source's fp64 logits, and their largest fp32 noise. */
  margin: Tensor | null;
  noise: Tensor | null;
}

export interface OutputPlan {
  name: string;
  /** Channels of the output; null where all of it is one. */
  axis: number | null;
  /** All cases that count have fp64. */
  fp64: boolean;
  tolerance: Tolerance;
}

export function createCollector(plan: OutputPlan): Collector {
  let floats: FloatPool | undefined;
  let integers: IntegerPool | undefined;
  let shape: number[] = [];
  let dtype = "";
  let mismatch: string | undefined;

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
      floats ??= createFloatPool(one.onnx.dtype, plan.axis, channels);
      const exact = plan.fp64 ? source : (one.fp32 ?? source);
      addCase(floats, { name, onnx: one.onnx, exact, noisy: plan.fp64 ? one.fp32 : null });
    } else {
      integers ??= createIntegerPool(one.onnx.dtype);
      addIntegerCase(integers, { ...one, name, fp32: one.fp32 ?? source });
    }
  }

  function report(): OutputReport {
    const { name, tolerance } = plan;
    const empty = emptyReport(name, dtype, shape);
    if (mismatch) return { ...empty, status: "fail", kind: "wrong", message: `output "${name}": ${mismatch}` };
    if (floats) return reportFloat(name, shape, floats, evidenceOf(plan.fp64, tolerance), tolerance);
    if (integers) return reportInteger(name, shape, integers, tolerance);
    const message = `output "${name}": the references hold no random or real case for it; add some`;
    return { ...empty, status: "fail", kind: "unproven", message };
  }

  return { add, reports: () => [report()], notes: () => [] };
}

function differs(name: string, { onnx, fp32, fp64 }: ComparedOutput, source: Tensor): string | undefined {
  if (!sameShape(onnx.dims, source.dims))
    return `its shape is ${shapeText(onnx.dims)} in the ONNX and ${shapeText(source.dims)} in the source, in case ${name}`;
  if (fp32 && fp64 && !sameShape(fp32.dims, fp64.dims))
    return `the source itself gives ${shapeText(fp32.dims)} in float32 and ${shapeText(fp64.dims)} in float64, in case ${name}`;
  const expected = (fp32 ?? source).dtype;
  if (isFloat(onnx.dtype) !== isFloat(expected))
    return `its dtype is ${onnx.dtype} in the ONNX and ${expected} in the source`;
  return undefined;
}
