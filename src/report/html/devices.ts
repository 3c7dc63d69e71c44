import type { CheckResult } from "../../validate/check-result.ts";
import type { DeviceJudgement } from "../../validate/checks/profile.ts";
import { resultsOf } from "../parity-details.ts";
import { type Content, html, type Markup } from "./markup.ts";
import { icon } from "./parts.ts";
import { wideTable } from "./wide-table.ts";

/**
 * Which devices would load the model, by their tables; null where the check did not run. Devices that nobody named
 * take one line, and their table is folded. `label` names the table.
 */
export function deviceTable(
  checks: readonly CheckResult[],
  label: string,
): Content {
  const [check] = resultsOf(checks, "profile");
  const devices = check?.details.profiles ?? [];
  if (devices.length === 0) return null;

  const table = wideTable(
    label,
    html`<thead><tr><th>Device</th><th>Runtime</th><th>Loads it?</th><th>What was found</th></tr></thead>
<tbody>${devices.map(row)}</tbody>`,
  );

  if (check?.status !== "skip")
    return html`<p>Judged by the devices' documentation; nothing was run on a device. The model must load on each of them.</p>${table}`;

  return html`<details><summary>${unasked(devices)}</summary><p>Judged by the devices' documentation; nothing was run on a device.</p>${table}</details>`;
}

/** `No device is configured. 4 of 5 known devices would load it, not jetson-nano.` */
function unasked(devices: readonly DeviceJudgement[]): string {
  const not = devices.filter(({ problems }) => problems.length > 0);
  const number = `${devices.length - not.length} of ${devices.length} known devices`;
  const names = not.map(({ id }) => id).join(", ");

  return `No device is configured. ${number} would load it${names && `, not ${names}`}.`;
}

function row(device: DeviceJudgement): Markup {
  const { id, title, runtime, problems, warnings } = device;
  const tone =
    problems.length > 0 ? "fail" : warnings.length > 0 ? "warn" : "pass";
  const answer = problems.length > 0 ? "no" : "yes";

  return html`<tr><td><code>${id}</code><br>${title}</td><td>${runtime}</td><td>${icon(tone)} ${answer}</td><td>${found(device)}</td></tr>`;
}

function found({
  problems,
  warnings,
  falls_back = [],
  not_judged = [],
}: DeviceJudgement): Content {
  const slower = falls_back.map(
    ({ provider, otherwise, nodes, operators }) =>
      `${provider} leaves ${nodes} nodes to ${otherwise}: ${operators.join(", ")}`,
  );

  const lines = [...problems, ...warnings, ...slower].map(
    (line) => html`<div>${line}</div>`,
  );

  const rest =
    not_judged.length > 0 &&
    html`<details><summary>restrictions of operators, not judged</summary>${not_judged.map((line) => html`<div>${line}</div>`)}</details>`;

  return [...lines, rest];
}
