import type { BoxPicture } from "../../detection/box-picture.ts";
import { areBoxes, type Box, readBoxes } from "../../detection/boxes.ts";
import type { CaseOutputs } from "../collect.ts";
import type { Detections } from "./add-detections.ts";
import type { CaseDetections } from "./read-detections.ts";

const PICTURES = 4;
const BOXES = 100;

/** Adds the first image of a case for the report: of real samples, and of the first case where there is none before. */
export function addPicture(
  pictures: BoxPicture[],
  { name, kind }: CaseOutputs,
  { onnx, source }: CaseDetections,
): void {
  const isWanted = kind === "real" || pictures.length === 0;
  if (!isWanted || pictures.length >= PICTURES) return;

  pictures.push({
    case: name,
    source: firstImage(source),
    edge: firstImage(onnx),
  });
}

/** Corners, score and label of each box. */
export function firstImage({ dets, labels }: Detections): number[][] {
  const row = ({ corners, score, label }: Box) => [...corners, score, label];
  return areBoxes(dets.dims)
    ? (readBoxes(dets, labels).images[0] ?? []).slice(0, BOXES).map(row)
    : [];
}
