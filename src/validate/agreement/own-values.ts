import type { Tolerance } from "../../config/policy.ts";
import { outputShapes, type ReferenceCase } from "../evidence/references.ts";
import { isFloat, type Tensor } from "../evidence/tensor.ts";
import type { OutputReport } from "../output-report.ts";
import { addFloatCase } from "../parity/add-float-case.ts";
import { channelAxis } from "../parity/channels.ts";
import { evidenceOf } from "../parity/evidence.ts";
import {
  createFloatAccumulator,
  type FloatAccumulator,
} from "../parity/float-accumulator.ts";
import { reportFloat } from "../parity/float-output.ts";
import {
  addIntegerCase,
  createIntegerAccumulator,
  type IntegerAccumulator,
} from "../parity/integer-accumulator.ts";
import { reportInteger } from "../parity/integer-report.ts";
import { evidenceFor, type OutputPlan } from "../parity/output-plan.ts";
import { activationCause } from "./activation-cause.ts";
import { noisyPrediction } from "./noisy-prediction.ts";
import type { OwnRequest } from "./own-request.ts";
import { readOwn } from "./read-own.ts";

/**
 * Outputs that the source's own `predict` gives for the same tensors, as values: floats by the rule of parity, with the
 * noise that the references show; maps of classes exactly, except near a tie. Maps without a margin are left to the
 * rate of agreement, and so is another shape. `skip` holds the names of those that are boxes.
 */
export async function compareOwnValues(
  request: OwnRequest,
  skip: ReadonlySet<string>,
  tolerance: Tolerance,
): Promise<OutputReport[]> {
  const names = new Set(
    request.cases.flatMap(({ predict }) => [...predict.keys()]),
  );

  const reports: OutputReport[] = [];
  for (const name of names) {
    if (skip.has(name)) continue;
    const plan = planOf(name, request.cases, tolerance);
    const gathered: Gathered = { shape: [], cause: null };

    for (const referenceCase of request.cases)
      await addCase(gathered, plan, request, referenceCase);
    reports.push(...reportOf(gathered, plan));
  }

  return reports;
}

/** All cases of one output: of floats or of classes. */
interface Gathered {
  floats?: FloatAccumulator;
  maps?: IntegerAccumulator;
  shape: number[];
  cause: string | null;
}

function planOf(
  name: string,
  cases: readonly ReferenceCase[],
  tolerance: Tolerance,
): OutputPlan {
  const having = cases.filter(({ predict }) => predict.has(name));

  return {
    name,
    called: `"${name}" beside the unpatched source's own prediction`,
    axis: channelAxis(outputShapes(name, having), null),
    evidence: evidenceFor(name, having),
    proved: true,
    typeProblem: null,
    tolerance,
  };
}

async function addCase(
  gathered: Gathered,
  plan: OutputPlan,
  request: OwnRequest,
  referenceCase: ReferenceCase,
): Promise<void> {
  const sides = await readOwn("predict", plan.name, request, referenceCase);
  if (!sides || sides.problem !== null) return;

  const { onnx } = sides;
  if (gathered.shape.length === 0) gathered.shape = onnx.dims;
  if (isFloat(onnx.dtype))
    await addFloats(gathered, plan, { request, referenceCase, ...sides });
  else await addClasses(gathered, plan, { request, referenceCase, ...sides });
}

/** One case on both sides. */
interface Sides {
  request: OwnRequest;
  referenceCase: ReferenceCase;
  onnx: Tensor;
  source: Tensor;
}

async function addFloats(
  gathered: Gathered,
  { name, axis, evidence }: OutputPlan,
  { request, referenceCase, onnx, source }: Sides,
): Promise<void> {
  const channels = axis === null ? 1 : (source.dims[axis] ?? 1);
  gathered.floats ??= createFloatAccumulator("float32", axis, channels);
  gathered.cause ??= activationCause(onnx, source);

  addFloatCase(gathered.floats, {
    name: referenceCase.name,
    onnx,
    exact: source,
    noisy: await noisyPrediction(source, name, referenceCase, {
      ...{ evidence, read: request.references.read },
    }),
  });
}

/** What the rewritten source turns over may be its fault: only how near to a tie it is counts. */
async function addClasses(
  gathered: Gathered,
  { name }: OutputPlan,
  { request: { references }, referenceCase, onnx, source }: Sides,
): Promise<void> {
  const { aux } = referenceCase;
  const [margin, noise] = [aux.get(`${name}.margin`), aux.get(`${name}.noise`)];
  if (!margin) return;

  gathered.maps ??= createIntegerAccumulator(onnx.dtype);
  addIntegerCase(gathered.maps, {
    ...{ name: referenceCase.name, onnx, fp32: source, fp64: null },
    variants: [],
    margin: await references.read(margin),
    noise: noise ? await references.read(noise) : null,
  });
}

function reportOf(
  { floats, maps, shape, cause }: Gathered,
  plan: OutputPlan,
): OutputReport[] {
  // Both sides round: how many places near a tie turn over says nothing here.
  if (!floats)
    return maps?.margins
      ? [reportInteger(plan, shape, { ...maps, turned: 0 })]
      : [];

  const report = reportFloat(
    plan,
    shape,
    floats,
    evidenceOf(plan.evidence, plan.tolerance),
  );
  const why = report.kind === "wrong" && cause ? `; ${cause}` : "";

  return [{ ...report, message: `${report.message}${why}` }];
}
