import type { Tolerance } from "../../config/policy.ts";
import type {
  IntermediateKind,
  ReferenceCase,
  References,
} from "../evidence/references.ts";
import type { TensorEntry } from "../evidence/safetensors.ts";
import {
  type Feeds,
  isFloat,
  sameShape,
  shapeText,
  type Tensor,
} from "../evidence/tensor.ts";
import { emptyReport, type OutputReport } from "../output-report.ts";
import { addFloatCase } from "../parity/add-float-case.ts";
import { channelAxis } from "../parity/channels.ts";
import { evidenceOf } from "../parity/evidence.ts";
import {
  createFloatAccumulator,
  type FloatAccumulator,
} from "../parity/float-accumulator.ts";
import { reportFloat } from "../parity/float-output.ts";
import { isExact } from "../parity/output-plan.ts";
import { intermediateShapes } from "./intermediate-cases.ts";
import { type Absent, intermediateName } from "./intermediate-names.ts";

/** What the tensors inside of the graph were found to be. */
export interface IntermediateComparison {
  /** By whose they are; empty where the references name none. */
  reports: Record<IntermediateKind, OutputReport[]>;
  /** Tensors of the references that could not be compared. */
  absent: Absent[];
  /** Cases that ran. */
  cases: string[];
}

/** Of references that name no inner tensors. */
export const NO_INTERMEDIATE: IntermediateComparison = {
  reports: { source: [], rewritten: [] },
  absent: [],
  cases: [],
};

/** Judges inner tensors a case at a time, so that no case is held in memory. */
export interface IntermediateCollector {
  /** `given` is null where the case is not run: then it only says how noisy the source is. */
  add(referenceCase: ReferenceCase, given: Feeds | null): Promise<void>;
  result(absent: readonly Absent[]): IntermediateComparison;
}

export function createIntermediateCollector(
  references: References,
  names: readonly string[],
  cases: readonly ReferenceCase[],
  tolerance: Tolerance,
): IntermediateCollector {
  const ran: string[] = [];
  const tensors = names.map((name) => createTensor(name, cases));

  return {
    async add(referenceCase, given) {
      if (given) ran.push(referenceCase.name);
      for (const tensor of tensors)
        await tensor.add(referenceCase, given, references);
    },
    result(absent) {
      const gone = new Set(absent.map(({ name }) => name));
      const of = (kind: IntermediateKind) =>
        tensors
          .filter(
            ({ name }) =>
              references.intermediate.get(name) === kind && !gone.has(name),
          )
          .map((tensor) => tensor.report(tolerance));

      return {
        reports: { source: of("source"), rewritten: of("rewritten") },
        absent: [...absent],
        cases: ran,
      };
    },
  };
}

interface IntermediateTensor {
  name: string;
  add(
    referenceCase: ReferenceCase,
    given: Feeds | null,
    references: References,
  ): Promise<void>;
  report(tolerance: Tolerance): OutputReport;
}

function createTensor(
  name: string,
  cases: readonly ReferenceCase[],
): IntermediateTensor {
  const shapes = intermediateShapes(name, cases);
  const axis = channelAxis(shapes, null);
  const named = intermediateName(name);
  const evidence = hasFp64(name, cases) ? "fp64" : "none";
  let accumulator: FloatAccumulator | undefined;
  let problem: string | undefined;

  /** What is compared with, and the same with the source's own noise. */
  function entriesOf({ intermediate }: ReferenceCase) {
    const single = intermediate.fp32.get(name);
    const double =
      evidence === "fp64" ? intermediate.fp64.get(name) : undefined;

    return {
      entry: double ?? single,
      noisy: double && single ? noisyEntry(single, double) : null,
    };
  }

  async function add(
    referenceCase: ReferenceCase,
    given: Feeds | null,
    { read }: References,
  ): Promise<void> {
    const { entry, noisy } = entriesOf(referenceCase);
    const onnx = given?.get(name) ?? null;
    if (!entry || (given && !onnx)) return;

    problem ??= onnx ? differs(onnx, entry, referenceCase.name) : undefined;
    if (problem) return;

    const channels = axis === null ? 1 : (entry.dims[axis] ?? 1);
    accumulator ??= createFloatAccumulator("float32", axis, channels);

    addFloatCase(accumulator, {
      name: referenceCase.name,
      onnx,
      exact: await read(entry),
      noisy: noisy && (await read(noisy)),
    });
  }

  function report(tolerance: Tolerance): OutputReport {
    const empty = emptyReport(name, "float32", shapes[0] ?? []);
    const fail = (kind: "wrong" | "unproven", why: string): OutputReport => ({
      ...empty,
      ...{ status: "fail", kind, message: `${named.called}${why}` },
    });
    if (problem) return fail("wrong", problem);
    if (!accumulator || accumulator.values === 0)
      return fail("unproven", ": the references contain no values for it");

    return reportFloat(
      named,
      shapes[0] ?? [],
      accumulator,
      evidenceOf(evidence, tolerance),
    );
  }

  return { name, add, report };
}

/** Why the tensor of the ONNX cannot be compared, for a message. */
function differs(
  onnx: Tensor,
  source: TensorEntry,
  name: string,
): string | undefined {
  if (!isFloat(onnx.dtype))
    return `: the ONNX model has ${onnx.dtype} there, the source ${source.dtype}`;

  return sameShape(onnx.dims, source.dims)
    ? undefined
    : `: the shape is ${shapeText(onnx.dims)} in the ONNX model and ${shapeText(source.dims)} in the source, in case ${name}`;
}

/** fp32 shows the noise of fp64 where both have one shape. */
function noisyEntry(
  single: TensorEntry,
  double: TensorEntry,
): TensorEntry | null {
  return sameShape(single.dims, double.dims) ? single : null;
}

function hasFp64(name: string, cases: readonly ReferenceCase[]): boolean {
  const having = cases.filter(
    ({ intermediate }) =>
      intermediate.fp32.has(name) || intermediate.fp64.has(name),
  );
  return (
    having.length > 0 &&
    having.every(
      ({ intermediate }) =>
        intermediate.fp32.has(name) && isExact(intermediate.fp64.get(name)),
    )
  );
}
