import type { Conversion } from "../../convert/conversion.ts";
import { formatBytes } from "../../text/format-bytes.ts";
import type { CheckResult } from "../../validate/check-result.ts";
import type { Verdict } from "../../validate/verdict.ts";
import type { Tone } from "../headline.ts";
import { jsonText } from "./json-text.ts";
import { type Content, html, type Markup } from "./markup.ts";
import { type Fact, facts, icon, partsMarkup } from "./parts.ts";
import { wideTable } from "./wide-table.ts";

function toneOfCheck({ status, kind }: CheckResult): Tone {
  if (status === "fail") return kind === "unproven" ? "unproven" : "fail";
  return status === "skip" ? "none" : status;
}

/** Of a check's details, what other parts of the page show. */
const SHOWN_ELSEWHERE = [
  "outputs",
  "boxes",
  "cases",
  "classes",
  "masks",
  "intermediate",
  "intermediate_cases",
  "profiles",
];
const LONGEST_DETAILS = 20_000;

/** Every check with its sentence; red ones stay in their order, so that the first cause is read first. */
export function checkList(checks: readonly CheckResult[]): Content {
  if (checks.length === 0) return null;
  return html`<ul class="checks">${checks.map(
    (result) =>
      html`<li class="${result.status}">${icon(toneOfCheck(result))}<span class="name">${result.check}</span><div class="said">${kindWord(result)}${partsMarkup(result.message.parts)}${details(result)}</div></li>`,
  )}</ul>`;
}

function kindWord({ status, kind }: CheckResult): Content {
  return status === "fail" && kind !== undefined && html`<b>${kind}</b>: `;
}

function details({ check: result, details: all }: CheckResult): Content {
  const rest = Object.entries(all).filter(
    ([key, value]) => !SHOWN_ELSEWHERE.includes(key) && value !== null,
  );
  if (rest.length === 0) return null;

  const text = jsonText(Object.fromEntries(rest)).slice(0, LONGEST_DETAILS);

  return html`<details><summary>details of ${result}</summary><pre>${text}</pre></details>`;
}

/** Files by path, size and the sha256 by which anybody can tell whether theirs is this one; `label` names the table. */
export function fileTable(
  files: readonly { path: string; size: number; sha256: string }[],
  label: string,
): Content {
  if (files.length === 0) return null;
  return wideTable(
    label,
    html`<thead><tr><th>File</th><th class="number">Size</th><th>sha256</th></tr></thead>
<tbody>${files.map((file) => html`<tr><td><code>${file.path}</code></td><td class="number">${formatBytes(file.size)}</td><td class="hash">${file.sha256}</td></tr>`)}</tbody>`,
  );
}

/** What the verdict was measured by: the strict rule, or what Git loosened. */
export function policyPart({ policy }: Verdict): Content {
  const set = Object.entries(policy.tolerance).filter(
    ([, value]) => value !== null,
  );

  const shapes = Object.entries(policy.shapes).map(
    ([axis, sizes]) => `${axis}: ${sizes.join(", ")}`,
  );

  const rule =
    set.length > 0
      ? set.map(([name, value]) => `${name} ${value}`).join(", ")
      : "no tolerance was set: errors are judged by the source framework's own rounding noise";

  return facts([
    ["Rule", rule],
    ["Sizes", shapes.join("; ")],
    ["Devices", policy.profiles.map(({ id }) => id).join(", ")],
    ["Switched off", policy.off.join(", ")],
    [
      "Exceptions",
      policy.loosened.length > 0 &&
        html`<b>${policy.loosened.length}</b>: ${policy.loosened.join("; ")}`,
    ],
  ]);
}

/** Python, packages, device and what else the engine said of its machine. */
export function environmentFacts(
  engine: string,
  environment: Conversion["environment"],
): Fact[] {
  const { packages, ...rest } = environment;
  const versions =
    packages !== null && typeof packages === "object"
      ? Object.entries(packages)
      : [];

  const words = versions.map(
    ([name, version]) =>
      html`<span class="word">${name} ${valueText(version)}</span> `,
  );

  return [
    ["Engine", engine],
    ...Object.entries(rest).map(
      ([key, value]): Fact => [
        capital(key.replaceAll("_", " ")),
        valueText(value),
      ],
    ),
    ["Packages", words.length > 0 && words],
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Commands to copy, with a line that says what they do. */
export function command(says: Content, text: string | null): Content {
  return text ? html`<p>${says}</p><pre>${text}</pre>` : null;
}

export function list(items: readonly Content[]): Markup | null {
  return items.length > 0
    ? html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`
    : null;
}
