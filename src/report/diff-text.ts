import { formatBytes } from "../text/format-bytes.ts";
import { formatNumber, shortHash } from "./format.ts";
import { count } from "./headline.ts";
import type {
  ComparedNumbers,
  ComparedOutput,
  DiffedModel,
  ModelDiff,
} from "./model-diff.ts";

/** What each level means for people. */
export const LEVEL_WORDS: Record<ModelDiff["level"], string> = {
  breaking: "breaking: programs that run the old model must change",
  additive: "additive: programs that run the old model also run this one",
  weights: "weights: same contract, new weights",
  none: "none: the same model",
};

/** The answer of `diff` for a terminal: the level first, then what changed, then numbers. */
export function diffText(diff: ModelDiff): string {
  const { level, changes, operators, was, is, numbers } = diff;
  const operatorLines = operators.map(
    ({ operator, was: before, is: now }) => `  ${operator}: ${before} → ${now}`,
  );

  return [
    LEVEL_WORDS[level],
    ...changes.map((change) => `  ${change.level}: ${change.text}`),
    `was: ${modelText(was)}`,
    `is:  ${modelText(is)}`,
    ...(operatorLines.length > 0 ? ["operators:", ...operatorLines] : []),
    ...numberLines(numbers),
    ...(diff.page === null ? [] : [`pictures: ${diff.page}`]),
    "",
  ].join("\n");
}

function modelText({ place, at, model, size, hashed }: DiffedModel): string {
  const found = at === null ? "" : ` (${shortHash(at)})`;
  const proof = hashed ? "" : ", no manifest.json: not hashed against one";

  return `${place}${found}: ${model}, ${formatBytes(size)}${proof}`;
}

function numberLines(numbers: ModelDiff["numbers"]): string[] {
  if (numbers.status === "not-compared")
    return [`numbers: not compared: ${numbers.why}`];

  const { inputs, cases, outputs, detections, only } = numbers;

  return [
    `numbers, over ${count(cases.length, "case")} of the ${inputs}:`,
    ...outputs.map((output) => `  ${output.name}: ${outputText(output)}`),
    ...(detections ? [`  ${detectionText(detections)}`] : []),
    ...only.was.map((name) => `  ${name}: only in the old model`),
    ...only.is.map((name) => `  ${name}: only in the new model`),
  ];
}

/** `largest difference 0.02 of values from 0 to 1, SQNR 41 dB`. */
export function outputText(output: ComparedOutput): string {
  const { problem, agreement, max_abs, range, sqnr_db } = output;
  if (problem !== null) return problem;
  if (agreement !== null)
    return `${formatNumber(agreement * 100)} % of ${output.values} values are equal`;
  if (max_abs === null) return "compared as a part of the detections";
  if (max_abs === 0) return "equal to the last bit";

  const values = range
    ? ` of values from ${formatNumber(range[0])} to ${formatNumber(range[1])}`
    : "";
  const sqnr = sqnr_db === null ? "" : `, SQNR ${formatNumber(sqnr_db)} dB`;

  return `largest difference ${formatNumber(max_abs)}${values}${sqnr}`;
}

/** `8 of 9 detections of the old model are in the new one, which has 10`. */
export function detectionText({
  was,
  is,
  matched,
}: NonNullable<ComparedNumbers["detections"]>): string {
  return `${matched} of ${was} detections of the old model are in the new one, which has ${is}`;
}
