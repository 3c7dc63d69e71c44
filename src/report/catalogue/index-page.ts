import type { Catalogue, CatalogueEntry } from "../../registry/catalogue.ts";
import { formatBytes } from "../../text/format-bytes.ts";
import { shortHash } from "../format.ts";
import { count } from "../headline.ts";
import { type Content, html, type Markup } from "../html/markup.ts";
import { renderPage } from "../html/page.ts";
import { card, icon, webLink } from "../html/parts.ts";
import { TABLE_SCRIPT } from "../html/table-script.ts";
import { type WhatItIs, whatItIs } from "../html/what-it-is.ts";
import { wideTable } from "../html/wide-table.ts";
import { pageName } from "./page-name.ts";

/** The site's first page: all models in one table that a small script sorts and filters. */
export function renderIndex(catalogue: Catalogue): string {
  const { entries, store, branch, commit, registry, version, docs } = catalogue;
  const places = registry === null ? "" : `, and from ${registry}`;

  return renderPage({
    title: `Edge models of ${store}`,
    body: html`<div class="over">From <code>${store}</code>, branch <code>${branch}</code> at <code>${shortHash(commit)}</code>${places}</div>
<h1>${count(entries.length, "edge model")}</h1>
${card("Models", entries.length > 0 && table(entries))}`,
    footer: html`model-to-edge ${version} · ${webLink("what green means", `${docs}/what-green-means.md`)} · ${webLink("versions", `${docs}/registry.md`)}`,
    script: entries.length > 1 ? TABLE_SCRIPT : "",
    pictures: "beside",
  });
}

const ANSWERS = {
  pass: "may ship",
  warn: "may ship, with a warning",
  none: "in the registry alone",
};

function answerOf({ published }: CatalogueEntry): keyof typeof ANSWERS {
  return published?.outcome ?? "none";
}

function table(entries: readonly CatalogueEntry[]): Content {
  const answers = [...new Set(entries.map(answerOf))];
  const pictured = entries.some(({ picture }) => picture !== null);

  const controls = html`<div id="controls" class="controls" hidden><label>Filter <input id="filter-text" type="search" placeholder="name, task, class"></label><label>Answer <select id="filter-answer"><option value="">all</option>${answers.map((answer) => html`<option>${ANSWERS[answer]}</option>`)}</select></label><span class="soft" role="status"><span id="shown">${entries.length}</span> of ${entries.length} models</span></div>`;

  return html`${entries.length > 1 && controls}
<div class="models${pictured && " pictures"}">${wideTable(
    "Models",
    html`<thead><tr><th>Model</th><th>Answer</th><th>Version</th><th>Task</th><th>Input</th><th>Classes</th><th class="number">Size</th></tr></thead>
<tbody>${entries.map((entry) => row(entry, pictured))}</tbody>`,
    "models",
  )}</div>`;
}

function row(entry: CatalogueEntry, pictured: boolean): Markup {
  const answer = answerOf(entry);
  const facts = factsOf(entry);
  const [newest] = entry.versions;

  return html`<tr data-answer="${ANSWERS[answer]}"><td data-value="${entry.name}"><a class="named" href="models/${pageName(entry)}">${pictured && thumb(entry)}<code>${entry.name}</code></a></td><td><span class="verdict">${icon(answer)} ${ANSWERS[answer]}</span></td><td data-value="${sortable(newest?.release ?? "")}">${newest?.release ?? "–"}</td><td>${facts.task}</td><td>${facts.input}</td><td>${facts.classes}</td><td class="number" data-value="${facts.bytes ?? ""}">${facts.bytes === null ? "–" : formatBytes(facts.bytes)}</td></tr>`;
}

/** 1.10 comes after 1.9, whatever the scheme. */
function sortable(release: string): string {
  return release.replaceAll(/\d+/g, (digits) => digits.padStart(9, "0"));
}

/** Its link says the name already. A model without a picture keeps the place, so that names stand below each other. */
function thumb({ picture }: CatalogueEntry): Markup {
  return picture === null
    ? html`<span class="pic"></span>`
    : html`<img class="pic" src="pictures/${picture}" alt="" width="64" height="48" loading="lazy" decoding="async">`;
}

/** What the model is, from its contract and files. */
export function factsOf({ contract, published }: CatalogueEntry): WhatItIs {
  return whatItIs({
    ...{ contract, conversion: null, performance: null },
    ...{ files: published?.files ?? [], seconds: null, version: null },
  });
}
