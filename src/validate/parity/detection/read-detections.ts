import type { Tensor } from "../../evidence/tensor.ts";
import type { CaseOutputs, ComparedOutput } from "../collect.ts";
import type { Detections } from "./add-detections.ts";
import type { DetectionPlan } from "./detection-plan.ts";

/** The detections of one case on both sides. */
export interface CaseDetections {
  onnx: Detections;
  /** fp64 where it is evidence, else fp32. */
  source: Detections;
  /** The source's fp32 beside fp64, or computed in other ways. */
  noisy: Detections[];
}

/** Null where one side has none in this case. */
export async function readDetections(
  plan: DetectionPlan,
  { read }: CaseOutputs,
): Promise<CaseDetections | null> {
  const dets = await read(plan.dets);
  const labels = plan.labels === null ? null : await read(plan.labels);
  const masks = plan.masks === null ? null : await read(plan.masks);
  if (!dets) return null;

  const side = (of: (output: ComparedOutput) => Tensor | null | undefined) => {
    const boxes = of(dets);
    return (
      boxes && {
        dets: boxes,
        labels: (labels && of(labels)) ?? null,
        masks: (masks && of(masks)) ?? null,
      }
    );
  };

  const fp32 = side((output) => output.fp32);
  const fp64 = plan.evidence === "fp64" ? side((output) => output.fp64) : null;
  const [onnx, source] = [side((output) => output.onnx), fp64 ?? fp32];
  if (!onnx || !source) return null;

  const variants = dets.variants.flatMap(
    (_, index) => side((output) => output.variants[index]) ?? [],
  );

  return { onnx, source, noisy: fp64 && fp32 ? [fp32] : variants };
}
