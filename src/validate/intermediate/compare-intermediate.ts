import type { Tolerance } from "../../config/policy.ts";
import type {
  IntermediateKind,
  ReferenceCase,
  References,
} from "../evidence/references.ts";
import {
  type Feeds,
  isFloat,
  sameShape,
  shapeText,
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
  add(one: ReferenceCase, given: Feeds | null): Promise<void>;
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
    async add(one, given) {
      if (given) ran.push(one.name);
      for (const tensor of tensors) await tensor.add(one, given, references);
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
    one: ReferenceCase,
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

  async function add(
    { name: of, intermediate }: ReferenceCase,
    given: Feeds | null,
    { read }: References,
  ): Promise<void> {
    const [single, double] = [
      intermediate.fp32.get(name),
      evidence === "fp64" ? intermediate.fp64.get(name) : undefined,
    ];

    const entry = double ?? single;
    const onnx = given?.get(name) ?? null;
    if (!entry || (given && !onnx)) return;

    if (onnx && !isFloat(onnx.dtype))
      problem ??= `: the ONNX has ${onnx.dtype} there, the source ${entry.dtype}`;
    else if (onnx && !sameShape(onnx.dims, entry.dims))
      problem ??= `: the shape is ${shapeText(onnx.dims)} in the ONNX and ${shapeText(entry.dims)} in the source, in case ${of}`;

    if (problem) return;

    accumulator ??= createFloatAccumulator(
      "float32",
      axis,
      axis === null ? 1 : (entry.dims[axis] ?? 1),
    );

    const noisy =
      double && single && sameShape(single.dims, double.dims)
        ? await read(single)
        : null;

    addFloatCase(accumulator, {
      name: of,
      onnx,
      exact: await read(entry),
      noisy,
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
      return fail("unproven", ": the references hold no values of it");

    return reportFloat(
      named,
      shapes[0] ?? [],
      accumulator,
      evidenceOf(evidence, tolerance),
      tolerance,
    );
  }

  return { name, add, report };
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
