import { formatBytes } from "../../format-bytes.ts";
import type { Catalogue, CatalogueEntry } from "../../registry/catalogue.ts";
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
    script: TABLE_SCRIPT,
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

  return html`<div id="controls" class="controls" hidden><label>Filter <input id="filter-text" type="search" placeholder="name, task, class"></label><label>Answer <select id="filter-answer"><option value="">all</option>${answers.map((answer) => html`<option>${ANSWERS[answer]}</option>`)}</select></label><span class="soft" role="status"><span id="shown">${entries.length}</span> of ${entries.length} models</span></div>
<div class="models">${wideTable(
    "Models",
    html`<thead><tr><th>Model</th><th>Answer</th><th>Version</th><th>Task</th><th>Input</th><th>Classes</th><th class="number">Size</th></tr></thead>
<tbody>${entries.map(row)}</tbody>`,
    "models",
  )}</div>`;
}

function row(entry: CatalogueEntry): Markup {
  const answer = answerOf(entry);
  const facts = factsOf(entry);
  const [newest] = entry.versions;

  return html`<tr data-answer="${ANSWERS[answer]}"><td data-value="${entry.name}"><a href="models/${pageName(entry)}"><code>${entry.name}</code></a></td><td><span class="verdict">${icon(answer)} ${ANSWERS[answer]}</span></td><td>${newest?.release ?? "–"}</td><td>${facts.task}</td><td>${facts.input}</td><td>${facts.classes}</td><td class="number" data-value="${facts.bytes ?? ""}">${facts.bytes === null ? "–" : formatBytes(facts.bytes)}</td></tr>`;
}

/** What the model is, from its contract and files. */
export function factsOf({ contract, published }: CatalogueEntry): WhatItIs {
  return whatItIs({
    ...{ contract, conversion: null, performance: null },
    ...{ files: published?.files ?? [], seconds: null, version: null },
  });
}
