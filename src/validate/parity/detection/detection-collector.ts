import type { BoxPicture } from "../../detection/box-picture.ts";
import { areBoxes, type Box, readBoxes } from "../../detection/boxes.ts";
import type { Tensor } from "../../evidence/tensor.ts";
import { emptyReport, type OutputReport } from "../../output-report.ts";
import type { CaseOutputs, Collector } from "../collect.ts";
import {
  addDetections,
  createDetectionAccumulator,
  type Detections,
} from "./detection-accumulator.ts";
import { type DetectionPlan, reportDetections } from "./detection-report.ts";
import { reportMasks } from "./masks.ts";
import { type BeforeNms, isBeforeNms } from "./nms-margin.ts";

const PICTURES = 4;
const BOXES = 100;

/** Gathers `dets` and `labels`, which mean something only together. `pictures` are of real samples, if there are any. */
export function createDetectionCollector(
  plan: DetectionPlan,
): Collector & { pictures(): BoxPicture[] } {
  const accumulator = createDetectionAccumulator();
  const pictures: BoxPicture[] = [];
  let first: Tensor | undefined;
  let labels: Tensor | undefined;
  let mismatch: string | undefined;

  async function add({
    name,
    kind,
    read,
    exactIntermediate,
  }: CaseOutputs): Promise<void> {
    const dets = await read(plan.dets);
    const classes = plan.labels === null ? null : await read(plan.labels);
    const masks = plan.masks === null ? null : await read(plan.masks);
    if (!dets) return;

    first ??= dets.onnx;
    labels ??= classes?.onnx;

    const side = (of: "onnx" | "fp32" | "fp64"): Detections | null =>
      dets[of] && {
        dets: dets[of],
        labels: classes?.[of] ?? null,
        masks: masks?.[of] ?? null,
      };

    const [onnx, fp32, fp64] = [
      side("onnx"),
      side("fp32"),
      plan.evidence === "fp64" ? side("fp64") : null,
    ];

    const source = fp64 ?? fp32;
    if (!onnx || !source) return;

    const variants = dets.variants.map((tensor, index) => ({
      dets: tensor,
      labels: classes?.variants[index] ?? null,
      masks: masks?.variants[index] ?? null,
    }));

    // Boxes of extreme inputs are chance, but none on both sides shows that the empty result works.
    if (kind === "extreme") {
      accumulator.emptyImages += Number(
        firstImage(onnx).length === 0 && firstImage(source).length === 0,
      );
      return;
    }

    if (
      !areBoxes(onnx.dets.dims) ||
      onnx.dets.dims.length !== source.dets.dims.length
    )
      mismatch ??= `its rank or width is not that of the source, in case ${name}`;
    else if (
      !addDetections(accumulator, plan.keep, {
        name,
        onnx,
        exact: source,
        noisy: fp64 && fp32 ? [fp32] : variants,
        before: await beforeNms(exactIntermediate, images(onnx)),
      })
    )
      mismatch ??= `it has another number of images in case ${name}`;

    if (
      pictures.length < PICTURES &&
      (kind === "real" || pictures.length === 0)
    )
      pictures.push({
        case: name,
        source: firstImage(source),
        edge: firstImage(onnx),
      });
  }

  function reports(): OutputReport[] {
    const shape = first?.dims ?? [];
    const empty = emptyReport(plan.dets, first?.dtype ?? "", shape);
    const dets: OutputReport = mismatch
      ? {
          ...empty,
          status: "fail",
          kind: "wrong",
          message: `detections "${plan.dets}": ${mismatch}`,
        }
      : reportDetections(plan, shape, first?.dtype ?? "", accumulator);

    const { status, kind } = dets;
    const same = {
      rule: "detections" as const,
      status,
      ...(kind ? { kind } : {}),
      values: accumulator.boxes,
      cases: accumulator.cases,
    };

    return [
      dets,
      ...(plan.labels === null
        ? []
        : [
            {
              ...emptyReport(
                plan.labels,
                labels?.dtype ?? "",
                labels?.dims ?? [],
              ),
              ...same,
            },
          ]),
      ...(plan.masks === null
        ? []
        : [reportMasks(plan.masks, accumulator.masks)]),
    ];
  }

  const notes = () =>
    accumulator.emptyImages > 0 || accumulator.boxes === 0 ? [] : [UNTESTED];

  return { add, reports, notes, pictures: () => pictures };
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
  "no reference is without a detection, so that the empty result is untested; add a sample that shows nothing";

function firstImage({ dets, labels }: Detections): number[][] {
  const row = ({ corners, score, label }: Box) => [...corners, score, label];
  return areBoxes(dets.dims)
    ? (readBoxes(dets, labels).images[0] ?? []).slice(0, BOXES).map(row)
    : [];
}
