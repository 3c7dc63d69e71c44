import type { BoxPicture } from "../../detection/box-picture.ts";
import { areBoxes } from "../../detection/boxes.ts";
import type { Tensor } from "../../evidence/tensor.ts";
import { emptyReport, type OutputReport } from "../../output-report.ts";
import type { CaseOutputs, Collector } from "../collect.ts";
import { addDetections, type Detections } from "./add-detections.ts";
import { addPicture, firstImage } from "./box-pictures.ts";
import {
  createDetectionAccumulator,
  type DetectionAccumulator,
} from "./detection-accumulator.ts";
import type { DetectionPlan } from "./detection-plan.ts";
import { reportDetections } from "./detection-report.ts";
import { reportMasks } from "./masks.ts";
import { type BeforeNms, isBeforeNms } from "./nms-margin.ts";
import { type CaseDetections, readDetections } from "./read-detections.ts";

/** Of the first case that has some: what the outputs are. */
interface First {
  dets: Tensor;
  labels: Tensor | null;
}

/** Gathers `dets` and `labels`, which mean something only together. `pictures` are of real samples, if there are any. */
export function createDetectionCollector(
  plan: DetectionPlan,
): Collector & { pictures(): BoxPicture[] } {
  const accumulator = createDetectionAccumulator();
  const pictures: BoxPicture[] = [];
  let first: First | undefined;
  let mismatch: string | undefined;

  async function add(outputs: CaseOutputs): Promise<void> {
    const found = await readDetections(plan, outputs);
    if (!found) return;

    first ??= found.onnx;
    if (outputs.kind === "extreme") return addExtreme(accumulator, found);

    mismatch ??= await addCase(plan, accumulator, outputs, found);
    addPicture(pictures, outputs, found);
  }

  function notes(): string[] {
    const isTested = accumulator.emptyImages > 0 || accumulator.boxes === 0;
    return isTested ? [] : [UNTESTED];
  }

  return {
    add,
    reports: () => reportsOf(plan, accumulator, first, mismatch),
    notes,
    pictures: () => pictures,
  };
}

/** Boxes of extreme inputs are chance, but none on both sides shows that the empty result works. */
function addExtreme(
  accumulator: DetectionAccumulator,
  { onnx, source }: CaseDetections,
): void {
  const isEmpty = (side: Detections) => firstImage(side).length === 0;
  accumulator.emptyImages += Number(isEmpty(onnx) && isEmpty(source));
}

/** Why the case cannot be compared; then it is left out. */
async function addCase(
  plan: DetectionPlan,
  accumulator: DetectionAccumulator,
  { name, exactIntermediate }: CaseOutputs,
  { onnx, source, noisy }: CaseDetections,
): Promise<string | undefined> {
  const [ours, theirs] = [onnx.dets.dims, source.dets.dims];
  if (!areBoxes(ours) || ours.length !== theirs.length)
    return `its rank or width differs from the source, in case ${name}`;

  const before = await beforeNms(exactIntermediate, images(onnx));
  const detectionCase = { name, onnx, exact: source, noisy, before };

  return addDetections(accumulator, plan.keep, detectionCase)
    ? undefined
    : `it has a different number of images in case ${name}`;
}

function reportsOf(
  plan: DetectionPlan,
  accumulator: DetectionAccumulator,
  first: First | undefined,
  mismatch: string | undefined,
): OutputReport[] {
  const { dims: shape = [], dtype = "" } = first?.dets ?? {};
  const empty = emptyReport(plan.dets, dtype, shape);
  const dets: OutputReport =
    mismatch === undefined
      ? reportDetections(plan, { shape, dtype }, accumulator)
      : {
          ...empty,
          status: "fail",
          kind: "wrong",
          message: `detections "${plan.dets}": ${mismatch}`,
        };

  return [
    dets,
    ...(plan.labels === null
      ? []
      : [labelsReport(plan.labels, first?.labels ?? null, dets, accumulator)]),
    ...(plan.masks === null
      ? []
      : [reportMasks(plan.masks, accumulator.masks)]),
  ];
}

/** The labels are what the boxes are. */
function labelsReport(
  name: string,
  labels: Tensor | null,
  { status, kind }: OutputReport,
  { boxes, cases }: DetectionAccumulator,
): OutputReport {
  return {
    ...emptyReport(name, labels?.dtype ?? "", labels?.dims ?? []),
    rule: "detections",
    status,
    ...(kind ? { kind } : {}),
    values: boxes,
    cases,
  };
}

function images({ dets: { dims } }: Detections): number {
  return dims.length === 3 ? (dims[0] ?? 0) : 1;
}

/** Under the names that engines give what reaches the suppression. */
async function beforeNms(
  exact: CaseOutputs["exactIntermediate"],
  count: number,
): Promise<BeforeNms | null> {
  const [boxes, scores] = [await exact("nms.boxes"), await exact("nms.scores")];
  return boxes && scores && isBeforeNms(boxes, scores, count)
    ? { boxes, scores }
    : null;
}

const UNTESTED =
  "every reference has a detection, so the empty result is untested; add a sample without objects";
