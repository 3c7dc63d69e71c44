import type { OnnxModel } from "../../onnx/model.ts";
import type { ComparedOutput, ModelDiff } from "../../report/model-diff.ts";
import { boxPairsOf, casesOf, outputsOf } from "../../report/parity-details.ts";
import { encodePng } from "../../report/picture/png.ts";
import type { Preview } from "../../report/report-model.ts";
import { matchDetections } from "../../validate/both/match-detections.ts";
import type { BothRan } from "../../validate/both/run-both.ts";
import type { Contract } from "../../validate/contract/contract.ts";
import { openReferences } from "../../validate/evidence/open-references.ts";
import type { OutputReport } from "../../validate/output-report.ts";
import { tensorPicture } from "../../validate/preprocess/tensor-picture.ts";

/** What was found by running both, as the document has it. */
export function numbersOf(
  found: BothRan | { why: string },
  was: Pick<OnnxModel, "outputs">,
  is: Pick<OnnxModel, "outputs">,
): ModelDiff["numbers"] {
  if ("why" in found) return { status: "not-compared", why: found.why };

  const { from, outputs, parity } = found;
  const verdict = { checks: [parity] };
  const both = new Set(outputs);
  const only = ({ outputs: ports }: Pick<OnnxModel, "outputs">) =>
    ports.map(({ name }) => name).filter((name) => !both.has(name));

  return {
    ...{ status: "compared", inputs: from },
    cases: casesOf(verdict).map(({ name }) => name),
    outputs: outputsOf(verdict)
      .filter(({ name }) => both.has(name))
      .map(comparedOutput),
    only: { was: only(was), is: only(is) },
    detections: matchDetections(boxPairsOf(verdict).map(mutable)),
  };
}

function mutable(pair: ReturnType<typeof boxPairsOf>[number]) {
  const rows = (boxes: typeof pair.source) => boxes.map((box) => [...box]);
  return { ...pair, source: rows(pair.source), edge: rows(pair.edge) };
}

function comparedOutput(report: OutputReport): ComparedOutput {
  const { name, dtype, values, max_abs, range, sqnr_db, worst } = report;
  const isInteger = report.rule === "exact";

  return {
    ...{ name, dtype, values, max_abs, range, sqnr_db },
    agreement: isInteger && values > 0 ? (report.argmax_agreement ?? 1) : null,
    worst: worst && {
      ...{ case: worst.case, index: worst.index },
      ...{ was: worst.source, is: worst.onnx },
    },
    problem: values > 0 ? null : "its shape or type is another one",
  };
}

/** Pictures of samples that are drawn. */
const MOST = 4;

/** The inputs of the recorded cases as pictures, those of samples first. */
export async function picturesOf(
  { recorded }: BothRan,
  contract: Contract | null,
): Promise<Preview[]> {
  const { cases, read, close } = await openReferences(recorded);
  const previews: Preview[] = [];

  try {
    for (const { name, inputs } of cases.slice(0, MOST))
      for (const entry of inputs.values()) {
        const pixels = tensorPicture(await read(entry), contract);
        if (!pixels) continue;
        previews.push({ case: name, png: encodePng(pixels) });
        break;
      }
    return previews;
  } finally {
    await close();
  }
}
