import type { OnnxModel } from "../../onnx/model.ts";
import type { Subject } from "../check.ts";
import type { ReferenceCase } from "../evidence/references.ts";
import type { TensorEntry } from "../evidence/safetensors.ts";
import { channelAxis } from "./channels.ts";
import { type Collector, createCollector } from "./collect.ts";
import { areBoxes } from "./detection/boxes.ts";
import {
  type BoxPicture,
  createDetectionCollector,
} from "./detection/detection-collector.ts";
import type { DetectionNames } from "./detection/detection-report.ts";
import type { KeepRule } from "./detection/nms-margin.ts";
import { evidenceFor } from "./output-plan.ts";

export interface Collectors {
  all: Collector[];
  detections: DetectionNames | null;
  /** Outputs whose rows are a set: those of the detections. */
  sets: ReadonlySet<string>;
  pictures(): BoxPicture[];
}

/**
 * How each output is judged: boxes and labels together, all others alone. Shapes stand in the references' header.
 * `proved`: what the outputs are made of was compared too.
 */
export function planOutputs(
  subject: Subject,
  graph: OnnxModel,
  cases: readonly ReferenceCase[],
  proved = false,
): Collectors {
  const { contract, policy } = subject;
  const names = graph.outputs.map(({ name }) => name);
  const detections = detectionNames(contract, names, cases);
  const together =
    detections &&
    [detections.dets, detections.labels, detections.masks].filter(
      (name) => name !== null,
    );

  const single = names
    .filter((name) => !together?.includes(name))
    .map((name) => {
      const axis = channelAxis(
        shapesOf(name, cases),
        chosenAxis(contract, name),
      );

      const evidence = evidenceFor(name, cases);
      const called = `output "${name}"`;

      return createCollector({
        name,
        called,
        axis,
        evidence,
        proved,
        tolerance: policy.tolerance,
      });
    });

  const sets = new Set(together);
  if (!detections) return { all: single, detections, sets, pictures: () => [] };

  const classes = contract?.classes.length || null;

  const detector = createDetectionCollector({
    ...detections,
    keep: keepRule(contract, detections.dets),
    classes,
    evidence: evidenceFor(detections.dets, cases),
    tolerance: policy.tolerance,
  });

  return {
    all: [detector, ...single],
    detections,
    sets,
    pictures: detector.pictures,
  };
}

const DETECTION_TASK = /detection|instance/i;

/** By the contract's formats, else by the names that OpenMMLab's exports have. */
function detectionNames(
  contract: Subject["contract"],
  names: readonly string[],
  cases: readonly ReferenceCase[],
): DetectionNames | null {
  const { task = null, outputs = [] } = contract ?? {};
  if (task !== null && !DETECTION_TASK.test(task)) return null;

  const dets = outputs.find(({ format }) => format)?.name ?? "dets";
  const labels =
    outputs.find((output) => "label_offset" in output)?.name ?? "labels";

  if (!names.includes(dets)) return null;
  if (!shapesOf(dets, cases).every(areBoxes)) return null;

  const masks =
    names.includes("masks") &&
    shapesOf("masks", cases).every(({ length }) => length >= 3)
      ? "masks"
      : null;

  return { dets, labels: names.includes(labels) ? labels : null, masks };
}

/** What decides which boxes are kept, as the contract tells it. */
export function keepRule(
  contract: Subject["contract"],
  dets: string,
): KeepRule {
  const { baked = {}, outputs = [] } = contract ?? {};
  const most = outputs.find(({ name }) => name === dets)?.max_k;

  return {
    scoreThreshold: baked.score_thr ?? null,
    maxBoxes: most ?? null,
    preTopK: baked.pre_topk ?? null,
    nmsIou: baked.nms_iou ?? null,
    classAgnostic: baked.class_agnostic === true,
  };
}

function shapesOf(name: string, cases: readonly ReferenceCase[]): number[][] {
  const entries = cases.map(
    ({ fp32, fp64 }): TensorEntry | undefined =>
      fp64.get(name) ?? fp32.get(name),
  );
  return entries.flatMap((entry) => (entry ? [entry.dims] : []));
}

function chosenAxis(
  contract: Subject["contract"],
  name: string,
): number | null {
  const port = contract?.outputs.find((output) => output.name === name);
  return port?.channel_axis ?? null;
}
