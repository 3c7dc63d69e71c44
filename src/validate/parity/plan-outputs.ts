import type { OnnxModel } from "../../onnx/model.ts";
import { roundedOutputs } from "../contract/graph-ends.ts";
import type { BoxPicture } from "../detection/box-picture.ts";
import {
  type DetectionNames,
  detectionNames,
} from "../detection/detection-names.ts";
import { keepRule } from "../detection/keep-rule.ts";
import { outputShapes, type ReferenceCase } from "../evidence/references.ts";
import type { Subject } from "../subject.ts";
import { channelAxis, otherAxis } from "./channels.ts";
import { type Collector, createCollector } from "./collect.ts";
import { createDetectionCollector } from "./detection/detection-collector.ts";
import { evidenceFor } from "./output-plan.ts";

export interface Collectors {
  all: Collector[];
  detections: DetectionNames | null;
  /** Outputs whose rows are a set: those of the detections. */
  sets: ReadonlySet<string>;
  pictures(): BoxPicture[];
}

/** What is known before outputs are judged. */
interface Known {
  /** What the outputs are made of was compared too. */
  proved: boolean;
  /** By output, what is wrong with its dtype. */
  dtypes: ReadonlyMap<string, string>;
}

/** How each output is judged: boxes and labels together, all others alone. Shapes stand in the references' header. */
export function planOutputs(
  subject: Subject,
  graph: OnnxModel,
  cases: readonly ReferenceCase[],
  { proved, dtypes }: Known = { proved: false, dtypes: new Map() },
): Collectors {
  const { contract, policy } = subject;
  const names = graph.outputs.map(({ name }) => name);
  const detections = detectionNames(contract, names, cases);
  const together =
    detections &&
    [detections.dets, detections.labels, detections.masks].filter(
      (name) => name !== null,
    );

  const rounded = roundedOutputs(graph);
  const single = names
    .filter((name) => !together?.includes(name))
    .map((name) => {
      const shapes = outputShapes(name, cases);
      const chosen = chosenAxis(contract, name);
      const axis = channelAxis(shapes, chosen);
      // Where it was stated, nothing is open.
      const other = chosen === null ? otherAxis(shapes, axis) : null;

      const evidence = evidenceFor(name, cases);
      const called = `output "${name}"`;

      return createCollector({
        name,
        called,
        axis,
        other,
        evidence,
        proved,
        rounded: rounded.has(name),
        typeProblem: dtypes.get(name) ?? null,
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

function chosenAxis(
  contract: Subject["contract"],
  name: string,
): number | null {
  const port = contract?.outputs.find((output) => output.name === name);
  return port?.channel_axis ?? null;
}
