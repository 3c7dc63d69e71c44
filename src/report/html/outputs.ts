import type { OutputReport } from "../../validate/output-report.ts";
import { formatNumber } from "../format.ts";
import type { Tone } from "../headline.ts";
import { type Content, html, type Markup } from "./markup.ts";
import { icon } from "./parts.ts";
import { wideTable } from "./wide-table.ts";

/** What was compared for each output of the model, with its room below the limit as a small picture; `label` names the table. */
export function outputTable(
  outputs: readonly OutputReport[],
  label: string,
): Content {
  if (outputs.length === 0) return null;

  return html`${wideTable(
    label,
    html`<thead><tr><th>Result</th><th>Output</th><th>Largest difference, and what is allowed</th><th class="number">Difference</th><th class="number">Allowed</th><th class="number">Detects above</th><th class="number">SQNR</th><th class="number">Values</th></tr></thead>
<tbody>${outputs.map(row)}</tbody>`,
  )}<p class="soft note"><a href="#legend">How to read this table</a></p>`;
}

/** Too little evidence is not evidence against. */
export function toneOfOutput({ status, kind }: OutputReport): Tone {
  return status === "fail" && kind === "unproven" ? "unproven" : status;
}

/** How an output was judged, where it is not the plain rule. */
const RULES: Record<OutputReport["rule"], string> = {
  noise: "",
  policy: "by the stated tolerance",
  exact: "",
  detections: "boxes, compared as a set",
};

function row(output: OutputReport): Markup {
  const tone = toneOfOutput(output);
  const error = worstError(output);
  const rule = RULES[output.rule];
  const shape = `${output.dtype} [${output.shape.join(", ")}]`;

  return html`<tr><td>${icon(tone)}</td><td><code>${output.name}</code><br><span class="soft">${shape}${rule && html`<br>${rule}`}</span></td>
<td>${headroom(output, error)}</td><td class="number">${formatNumber(error)}</td><td class="number">${formatNumber(output.tolerance)}</td>
<td class="number">${formatNumber(output.would_notice)}</td><td class="number">${output.sqnr_db === null ? "–" : `${Math.round(output.sqnr_db)} dB`}</td><td class="number">${output.values}</td></tr>`;
}

/** The error in the channel that is nearest to its limit: the limit belongs to that one. */
function worstError({ worst, max_abs }: OutputReport): number | null {
  if (typeof worst?.onnx === "number" && typeof worst.source === "number")
    return Math.abs(worst.onnx - worst.source);
  return max_abs;
}

const WIDTH = 208;
const PAD = 6;

/** Noise, error and limit on one logarithmic axis. */
function headroom(output: OutputReport, error: number | null): Content {
  const { noise, tolerance, name, rule } = output;
  if (rule === "exact")
    return html`<span class="soft">${toneOfOutput(output) === "pass" ? "every value agrees" : "every value must agree"}</span>`;
  if (rule === "detections" && error === null)
    return html`<span class="soft">judged with the boxes</span>`;
  if (error === null || tolerance === null || !(tolerance > 0))
    return html`<span class="soft">–</span>`;

  const known = [noise, error, tolerance]
    .filter((value) => value !== null && value > 0)
    .map(Number);

  const low = Math.floor(Math.log10(Math.min(...known)) - 0.5);
  const high = Math.ceil(Math.log10(Math.max(...known)) + 0.3);
  const x = (value: number | null) => {
    const part =
      value === null || value <= 0
        ? 0
        : (Math.log10(value) - low) / (high - low);
    return (PAD + Math.min(1, Math.max(0, part)) * (WIDTH - 2 * PAD)).toFixed(
      1,
    );
  };

  const tone = toneOfOutput(output);
  const label = `${name}: largest difference ${formatNumber(error)}, allowed ${formatNumber(tolerance)}, noise ${formatNumber(noise)}${tone === "unproven" ? "; unproven" : ""}`;

  return html`<svg class="room ${tone}" viewBox="0 0 ${WIDTH} 36" role="img" aria-label="${label}"><title>${label}</title>
<rect class="allowed" x="0" y="6" width="${x(tolerance)}" height="14" rx="3"/><path class="axis" d="M0 20.5H${WIDTH}"/>
${noise !== null && noise > 0 && html`<path class="noise" d="M${x(noise)} 9v8"/>`}<path class="limit" d="M${x(tolerance)} 4v18"/>
<circle class="error" cx="${x(error)}" cy="13" r="4"/><text x="0" y="32">1e${low}</text><text x="${WIDTH}" y="32" text-anchor="end">1e${high}</text></svg>`;
}
