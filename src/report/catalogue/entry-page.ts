import type {
  Catalogue,
  CatalogueEntry,
  CatalogueVersion,
} from "../../registry/catalogue.ts";
import { sentencesOf } from "../../text/explanation.ts";
import { formatBytes } from "../../text/format-bytes.ts";
import { marked } from "../../text/message.ts";
import type { Contract } from "../../validate/contract/contract.ts";
import { shortHash } from "../format.ts";
import { type Content, html } from "../html/markup.ts";
import { command } from "../html/model-parts.ts";
import { renderPage } from "../html/page.ts";
import { answer, card, facts, partsMarkup, webLink } from "../html/parts.ts";
import { factStrip } from "../html/what-it-is.ts";
import { wideTable } from "../html/wide-table.ts";
import { factsOf } from "./index-page.ts";

/** One model: what it is, how to fetch it, its contract, its versions and its files. */
export function renderEntry(
  { version, docs }: Pick<Catalogue, "version" | "docs">,
  entry: CatalogueEntry,
): string {
  const { name, published } = entry;

  return renderPage({
    title: name,
    body: html`<div class="over"><a href="../index.html">All models</a></div>
${verdictOf(entry)}
${card("What it is", whatItIs(entry))}
${card(
  "Take it",
  published && [
    command("Fetch it, every file hashed:", published.fetch),
    command("Prove it on the device:", published.verify),
  ],
)}
${card("Contract", contractTables(entry))}
${card("Versions", versionTable(entry.versions))}
${card("Where it comes from", originOf(entry))}
${card("Files", fileTable(entry))}`,
    pictures: "beside",
    footer: html`model-to-edge ${version} · ${webLink("what green means", `${docs}/what-green-means.md`)} · ${webLink("the contract", `${docs}/contract.md`)}`,
  });
}

function whatItIs(entry: CatalogueEntry): Content {
  const { picture, name } = entry;
  const facts = factStrip(factsOf(entry));
  if (picture === null) return facts;

  return html`<div class="pictured"><figure><img src="../pictures/${picture}" alt="a sample of ${name}"><figcaption>A sample, as the model gets it.</figcaption></figure>${facts}</div>`;
}

function verdictOf({ name, published }: CatalogueEntry): Content {
  if (!published)
    return answer("none", html`<code>${name}</code>`, [
      html`<p>It lies in the registry alone: the branch does not publish it now.</p>`,
    ]);

  const found = sentencesOf([published.answer, published.because]);
  const signed = published.signed
    ? "Its manifest is signed."
    : "Its manifest is not signed.";

  return answer(published.outcome, html`<code>${name}</code>`, [
    html`<p>${partsMarkup(found)}</p>`,
    html`<p class="soft">${signed}</p>`,
  ]);
}

function contractTables({ contract }: CatalogueEntry): Content {
  if (!contract) return null;
  const ports = [
    ...contract.inputs.map((port) => ["input", port] as const),
    ...contract.outputs.map((port) => ["output", port] as const),
  ];

  return [
    wideTable(
      "Inputs and outputs",
      html`<thead><tr><th>Port</th><th>Name</th><th>Type</th><th>Shape</th></tr></thead><tbody>${ports.map(([kind, port]) => html`<tr><td>${kind}</td><td><code>${port.name}</code></td><td>${port.dtype}</td><td><code>${port.shape.join(" × ")}</code></td></tr>`)}</tbody>`,
    ),
    facts([
      ["Opset", contract.opset],
      ["Oldest ONNX Runtime", contract.min_ort],
      ["Classes", classesOf(contract)],
      [
        "Pre-processing",
        contract.preprocess.map((step) => Object.keys(step)[0]).join(", "),
      ],
    ]),
  ];
}

/** Classes that a page lists; `contract.json` has all of them. */
const CLASSES = 100;

function classesOf({ classes }: Contract): string {
  const rest = classes.length - CLASSES;
  const more = rest > 0 ? [`and ${rest} more`] : [];
  return [...classes.slice(0, CLASSES), ...more].join(", ");
}

function versionTable(versions: readonly CatalogueVersion[]): Content {
  if (versions.length === 0) return null;

  return wideTable(
    "Versions",
    html`<thead><tr><th>Version</th><th>Change</th><th>Named by</th><th>Verdict</th><th>Commit</th><th>Place</th></tr></thead>
<tbody>${versions.map((version) => html`<tr><td><b>${version.release}</b></td><td>${changeOf(version)}</td><td>${version.aliases.join(", ")}</td><td>${version.outcome === "pass" ? "passed" : "warning"}</td><td><code>${shortHash(version.commit)}</code></td><td><code>${version.place}</code></td></tr>`)}</tbody>`,
  );
}

function changeOf({ level, since, changes }: CatalogueVersion): Content {
  if (level === null || since === null) return "the first";
  const what = changes.map((change) => partsMarkup(marked(change)));

  return html`<b>${level}</b> since ${since}${what.map((each) => html`<br>${each}`)}`;
}

function originOf({ published }: CatalogueEntry): Content {
  if (!published) return null;

  return facts([
    ["Engine", published.engine],
    [
      "In the store",
      published.url === null ? null : webLink("its folder", published.url),
    ],
    [
      "Evidence",
      published.report?.url != null &&
        webLink("its report", published.report.url),
    ],
    [
      "Made from",
      html`<ul>${published.inputs.slice(0, MOST).map(({ path, sha256 }) => html`<li><code>${path}</code> <span class="soft">sha256 ${sha256.slice(0, 12)}</span></li>`)}</ul>`,
    ],
  ]);
}

/** Files that a page lists. */
const MOST = 50;

function fileTable({ published }: CatalogueEntry): Content {
  const files = published?.files.slice(0, MOST) ?? [];
  if (files.length === 0) return null;

  return wideTable(
    "Files",
    html`<thead><tr><th>File</th><th class="number">Size</th><th>sha256</th></tr></thead><tbody>${files.map(({ path, size, sha256 }) => html`<tr><td><code>${path}</code></td><td class="number">${formatBytes(size)}</td><td><code>${sha256.slice(0, 16)}…</code></td></tr>`)}</tbody>`,
  );
}
