import {
  type Message,
  type Says,
  sentence,
  toMessage,
} from "../../text/message.ts";
import { type Finding, passed, unproven, warned, wrong } from "../check.ts";
import type { BoxPicture } from "../detection/box-picture.ts";
import {
  type FunctionsReport,
  functionsText,
} from "../functions/judge-functions.ts";
import { type LayersReport, layersText } from "../layers/judge-layers.ts";
import type { OutputReport } from "../output-report.ts";
import { type WeightsReport, weightsText } from "../weights/judge-weights.ts";
import type { ClassPicture } from "./case-pictures.ts";
import { ignoredText } from "./fixed-inputs.ts";
import type { MaskPicture } from "./mask-picture.ts";
import type { Pair } from "./pairing.ts";

/** What the parity check puts into its details. */
export interface ParityDetails {
  outputs: OutputReport[];
  /** Tensors before suppression, as the rewritten model computes them. */
  intermediate: OutputReport[];
  /** What the layers inside of the graph get; null where the references hold nothing of it, or a tolerance is stated. */
  layers: LayersReport | null;
  /** Functions inside of the graph, each by itself; null as for layers. */
  functions: FunctionsReport | null;
  /** Weights that the graph stores; null as for layers. */
  weights: WeightsReport | null;
  /** Cases that count as evidence, in the order in which they ran. */
  cases: { name: string; kind: string; file?: string }[];
  /** Of a detector: what both sides found, for pictures. */
  boxes: BoxPicture[];
  /** Of a classifier: the best classes of both sides in its samples. */
  classes: ClassPicture[];
  /** Of a segmentor: the maps of both sides. */
  masks: MaskPicture[];
  /** Outputs that are others of the source by their values. */
  pairing: Pair[];
}

/** All but what is known only of a failure. */
export type ComparedOutputs = Omit<ParityDetails, "pairing">;

/** Evidence against the model before missing evidence; the worst output first, the details have the others. */
export function concludeParity(
  details: ComparedOutputs,
  failures: Says[],
  notes: string[],
  ignored: string | null,
): Finding<ParityDetails> {
  const { outputs, intermediate, layers, functions, weights, cases } = details;
  const all = { ...details };
  const wrongs = [
    ...failures,
    ...messages([...outputs, ...intermediate], "wrong"),
    ...layersText(layers),
    ...functionsText(functions),
    ...weightsText(weights),
  ];
  if (wrongs.length > 0) return wrong(firstOf(wrongs), all);

  const open = [
    ...messages(outputs, "unproven"),
    ...(ignored === null ? [] : [ignoredText(ignored)]),
  ];
  if (open.length > 0) return unproven(firstOf(open), all);
  if (outputs.length === 0)
    return unproven("the model has no outputs to compare", all);

  const lacks = [
    ...outputs.flatMap(({ status, message }) =>
      status === "warn" ? message || [] : [],
    ),
    ...notes,
  ];
  if (lacks.length > 0) return warned(lacks.join("; "), all);

  return passed(
    `${outputs.flatMap(({ message }) => message || []).join("; ")}, over ${cases.length} cases`,
    all,
  );
}

/** Of the outputs that failed so, the one that is farthest off first. */
function messages(
  outputs: readonly OutputReport[],
  kind: "wrong" | "unproven",
): string[] {
  const excess = ({ max_abs, tolerance }: OutputReport) =>
    (max_abs ?? 0) / (tolerance || 1);
  const failed = outputs.filter(
    (output) => output.kind === kind && output.message,
  );

  return failed
    .toSorted((a, b) => excess(b) - excess(a))
    .map(({ message }) => message);
}

/** `2 more findings`. */
export function moreFindings(count: number): string {
  return `${count} more ${count === 1 ? "finding" : "findings"}`;
}

/** The details have the others. */
function firstOf([first = "", ...others]: Says[]): Message {
  const said = toMessage(first);
  if (others.length === 0) return said;

  return {
    ...said,
    parts: sentence`${said.parts} (and ${moreFindings(others.length)})`,
  };
}
