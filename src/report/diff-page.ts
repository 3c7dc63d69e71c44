import { formatBytes } from "../text/format-bytes.ts";
import type { Contract } from "../validate/contract/contract.ts";
import type { Verdict } from "../validate/verdict.ts";
import { detectionText, LEVEL_WORDS, outputText } from "./diff-text.ts";
import { formatNumber, shortHash } from "./format.ts";
import { count } from "./headline.ts";
import { type Content, html, type Markup } from "./html/markup.ts";
import { renderPage } from "./html/page.ts";
import { answer, card, facts } from "./html/parts.ts";
import { seenSideBySide } from "./html/seen.ts";
import { wideTable } from "./html/wide-table.ts";
import type { DiffedModel, ModelDiff } from "./model-diff.ts";
import type { Preview } from "./report-model.ts";

/** What is drawn beside the numbers. */
export interface DiffPictures {
  /** What parity found with the first model as the source; empty where the numbers were not compared. */
  checks: Verdict["checks"];
  previews: readonly Preview[];
  /** Of the new model, for names of classes. */
  contract: Contract | null;
}

const TONES = {
  breaking: "fail",
  additive: "pass",
  weights: "pass",
  none: "none",
} as const;

/** What changed between two models as one file without network: contract, operators, numbers, and both in pictures. */
export function renderDiffPage(
  diff: ModelDiff,
  { checks, previews, contract }: DiffPictures,
): string {
  const { level, changes, was, is } = diff;
  const [word = "", ...rest] = LEVEL_WORDS[level].split(":");
  const sides = { source: "Old model", edge: "New model" };

  return renderPage({
    title: `${word}: ${was.place} → ${is.place}`,
    body: html`<div class="over">Two edge models side by side</div>
${answer(TONES[level], word, html`<p>${rest.join(":").trim()}</p>`)}
${card("What changed", changes.length > 0 && html`<ul>${changes.map((change) => html`<li><b>${change.level}</b>: ${change.text}</li>`)}</ul>`)}
${card(
  "The two models",
  facts([
    ["Old model", modelFacts(was)],
    ["New model", modelFacts(is)],
  ]),
)}
${card("Numbers on the same inputs", numbersPart(diff))}
${card("Side by side", seenSideBySide({ verdict: { checks }, previews, contract, sides, id: "diff" }))}
${card("Operators", operatorTable(diff))}`,
    footer: "model-to-edge",
  });
}

function modelFacts({ place, at, model, size, hashed }: DiffedModel): Markup {
  const found = at === null ? null : html` (${shortHash(at)})`;
  const proof = hashed
    ? "every file as in its manifest"
    : "no manifest.json: not hashed against one";

  return html`<code>${place}</code>${found}: ${model}, ${formatBytes(size)}; ${proof}`;
}

function numbersPart({ numbers }: ModelDiff): Content {
  if (numbers.status === "not-compared")
    return html`<p>Not compared: ${numbers.why}</p>`;

  const { inputs, cases, outputs, detections, only } = numbers;
  const rows = outputs.map((output) => {
    const { worst } = output;
    const place =
      worst &&
      html`<code>[${worst.index.join(",")}]</code> of ${worst.case}: ${formatNumber(worst.was)} → ${formatNumber(worst.is)}`;
    return html`<tr><td><code>${output.name}</code></td><td>${outputText(output)}</td><td>${place}</td></tr>`;
  });
  const alone = [
    ...only.was.map(
      (name) =>
        html`<tr><td><code>${name}</code></td><td>only in the old model</td><td></td></tr>`,
    ),
    ...only.is.map(
      (name) =>
        html`<tr><td><code>${name}</code></td><td>only in the new model</td><td></td></tr>`,
    ),
  ];

  return [
    html`<p>Both models were run on ${count(cases.length, "case")} of the ${inputs}.</p>`,
    detections && html`<p>${detectionText(detections)}.</p>`,
    wideTable(
      "Outputs",
      html`<thead><tr><th>Output</th><th>Difference</th><th>Where it is largest</th></tr></thead><tbody>${rows}${alone}</tbody>`,
    ),
  ];
}

function operatorTable({ operators }: ModelDiff): Content {
  return (
    operators.length > 0 &&
    wideTable(
      "Operators",
      html`<thead><tr><th>Operator</th><th class="number">Old</th><th class="number">New</th></tr></thead><tbody>${operators.map(({ operator, was, is }) => html`<tr><td><code>${operator}</code></td><td class="number">${was}</td><td class="number">${is}</td></tr>`)}</tbody>`,
    )
  );
}
