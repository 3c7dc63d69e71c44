import {
  type Finding,
  passed,
  type SessionCheck,
  skipped,
  warned,
  wrong,
} from "../check.ts";
import { type FreeAxis, freeAxes } from "../evidence/axes.ts";
import { feedsOf } from "../evidence/feeds.ts";
import { largestValues } from "../evidence/largest-values.ts";
import {
  countingCases,
  elementsOf,
  smallestCase,
} from "../evidence/references.ts";
import {
  declaredEnd,
  plannedTries,
  untriedSizes,
} from "../evidence/shape-tries.ts";
import { repeatedRow } from "../metamorphic/repeated-row.ts";
import { planOutputs } from "../parity/plan-outputs.ts";
import { type EndRequest, findEnds, searchEnd } from "../shapes/find-ends.ts";
import type { LengthEnd } from "../shapes/largest-length.ts";
import { sizesText } from "../shapes/size-text.ts";
import {
  ENOUGH_SIZES,
  type TriedDetails,
  type TriedSizes,
  tryAll,
} from "../shapes/try-all.ts";
import type { Trial } from "../shapes/try-sizes.ts";

interface ShapesDetails extends TriedDetails {
  /** By the name of the axis, the largest length that runs, where a longer one does not. */
  largest: Record<string, number>;
}

/** Lengths beyond the references on each axis that the graph leaves open: one that is baked in passes every numeric rule. */
export const shapes: SessionCheck<"shapes", ShapesDetails> = {
  name: "shapes",
  title: "open axes",
  question:
    "does it run at sizes beyond those of the references, on each axis that is declared open?",
  next: "Export with axes that are really open, or declare their length as fixed",
  canBeSwitchedOff: true,
  needs: "inputs",
  async run(subject, graph, runtime) {
    const references = await runtime.references.open();
    const base = references && smallestCase(references.cases);
    if (!references || !base)
      return skipped("not run: the references have no inputs to try");

    const cases = countingCases(references);
    const axes = freeAxes(graph, cases);
    if (axes.length === 0) return passed("all axes have a fixed length");

    const feeds = await feedsOf(references, base);
    const { sets } = planOutputs(subject, graph, cases);
    const whole = await runtime.session.runCase(base).catch(() => null);
    if (!whole)
      return skipped(`not run: ONNX Runtime cannot run case ${base.name}`);

    const { tolerance } = subject.policy;
    const trial: Trial = {
      graph,
      runtime,
      repeated: runtime.budget.hasRoom()
        ? null
        : await repeatedRow({ graph, runtime, cases }),
      from: {
        ...{ whole, base, sets, tolerance },
        largest: await largestValues(references),
      },
    };

    const largest = Math.max(...cases.map(({ inputs }) => elementsOf(inputs)));
    const tried = await tryAll(
      trial,
      plannedTries(subject, axes, feeds, largest),
    );

    const { contract } = subject;
    const untried = untriedSizes(subject, axes, feeds).map(sizesText);
    tried.details.left_out.push(...untried);

    return concludeTries({ trial, contract, axes, tried, feeds }, untried);
  },
};

/** `untried`: what is promised, and too large to be tried. */
async function concludeTries(
  request: EndRequest,
  untried: readonly string[],
): Promise<Finding<ShapesDetails>> {
  const { axes, tried } = request;
  const { problem, details } = tried;
  if (problem) return brokenFinding(request, problem);

  const found = await findEnds(request);
  const all = { ...details, largest: lengthsOf(found.ends) };
  if (found.problem) return wrong(found.problem, all);

  const { lostProbes } = request.trial.runtime;
  const lost = (isCrash: boolean) =>
    lostProbes
      .filter((probe) => probe.isCrash === isCrash)
      .map(({ text }) => text);

  const lacks = [
    ...found.ends.map(endText),
    ...(untried.length > 0 ? [untriedText(untried)] : []),
    ...lost(true),
    ...fewSizes(axes),
  ];
  if (lacks.length > 0)
    return warned([...lacks, ...lost(false)].join("; "), all);

  return passed(
    [passText(details), ...lost(false), ...someSizes(axes)].join("; "),
    all,
  );
}

/** Where a promise is broken, the largest length that keeps it is told. */
async function brokenFinding(
  request: EndRequest,
  { isWrong, message }: NonNullable<TriedSizes["problem"]>,
): Promise<Finding<ShapesDetails>> {
  const { details, broken } = request.tried;
  if (!isWrong) return warned(message, details);

  const isEnd =
    broken !== null &&
    declaredEnd(broken.axis, request.contract) === broken.length;
  const end = isEnd ? await searchEnd(request, broken.axis, broken) : null;
  if (!end || !("largest" in end)) return wrong(message, details);

  return wrong(
    `${message}; contract.json declares ${broken?.length} as its max, but the largest length that runs is ${end.largest}`,
    { ...details, largest: lengthsOf([end]) },
  );
}

function lengthsOf(ends: readonly LengthEnd[]): Record<string, number> {
  return Object.fromEntries(
    ends.map(({ axis, largest }) => [axis.name, largest]),
  );
}

function endText({ axis, largest, fails, why }: LengthEnd): string {
  return `the open axis ${axis.name} (${axis.kind}) has a limit: the largest length that runs is ${largest}, with ${fails} ${why}; declare it as max in contract.json`;
}

function untriedText(sizes: readonly string[]): string {
  return `${sizes.join("; ")} is promised by contract.json or conversion.yaml, and too large to be tried here`;
}

function passText({ tried, refused }: TriedDetails): string {
  const not =
    refused.length > 0
      ? `; it refuses ${refused.join("; ")}, as the source may also do`
      : "";
  if (tried.length === 0)
    return `the open axes could not be tried at other sizes: the references are too large${not}`;

  return `also runs with ${tried.join("; ")}${not}`;
}

/** At sizes that no reference has nothing is compared with the source: of one size only, that is most of them. */
function fewSizes(axes: readonly FreeAxis[]): string[] {
  return sizeCount(axes) === 1
    ? [`${sizesSaid(axes)}: a fault at other sizes would not be detected`]
    : [];
}

/** Fewer than would tell all there is, which is worth saying and no warning. */
function someSizes(axes: readonly FreeAxis[]): string[] {
  const count = sizeCount(axes);
  return count > 1 && count < ENOUGH_SIZES ? [sizesSaid(axes)] : [];
}

/** Different sizes that the references have of axes other than the batch; as many as are enough where there are none. */
function sizeCount(axes: readonly FreeAxis[]): number {
  const open = axes.filter(({ kind }) => kind !== "batch");
  const [first] = open;
  if (!first) return ENOUGH_SIZES;

  return new Set(
    first.sizes.map((_, at) => open.map(({ sizes }) => sizes[at]).join("×")),
  ).size;
}

function sizesSaid(axes: readonly FreeAxis[]): string {
  const count = sizeCount(axes);
  const open = axes.filter(({ kind }) => kind !== "batch");
  const of = open.map(({ name }) => name).join(" and ");

  return `the references have only ${count} size${count === 1 ? "" : "s"} of ${of}, ${ENOUGH_SIZES} would be better evidence`;
}
