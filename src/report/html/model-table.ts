import { decisionWords } from "../../decision.ts";
import { sentencesOf } from "../../text/explanation.ts";
import { formatBytes } from "../../text/format-bytes.ts";
import { formatSeconds } from "../format.ts";
import { byGravity, toneOf, verdictWord } from "../headline.ts";
import { modelAnchor } from "../note-links.ts";
import type { SummaryModel } from "../summary.ts";
import { type Content, html, type Markup, PLACE } from "./markup.ts";
import { icon, partsMarkup } from "./parts.ts";
import { formatMs, type WhatItIs } from "./what-it-is.ts";
import { wideTable } from "./wide-table.ts";

/** A model and what is known of it. */
export interface TableModel {
  summary: SummaryModel;
  facts: WhatItIs;
}

/**
 * All models, reds first, in one table that a small script sorts and filters; nothing for a single one. In its frame
 * `PLACE` stands for the rows.
 */
export function modelTable(models: readonly TableModel[]): {
  frame: Content;
  rows: Iterable<Markup>;
} {
  if (models.length < 2) return { frame: null, rows: [] };
  const rank = byGravity(models.map(({ summary }) => summary));

  return { frame: frameOf(rank), rows: rowsOf(models, rank) };
}

function frameOf(rank: readonly SummaryModel[]): Markup {
  const answers = [...new Set(rank.map(answerOf))];

  return html`<div id="controls" class="controls" hidden><label>Filter <input id="filter-text" type="search" placeholder="name, task, cause"></label><label>Answer <select id="filter-answer"><option value="">all</option>${answers.map((answer) => html`<option>${answer}</option>`)}</select></label><span class="soft" role="status"><span id="shown">${rank.length}</span> of ${rank.length} models</span></div>
<div class="models${rank.length > MANY ? " many" : ""}">${wideTable("Models", TABLE, "models")}</div>`;
}

/** More rows scroll in a window of their own. */
const MANY = 15;

const TABLE = html`<thead><tr><th>Model</th><th>Answer</th><th>Cause</th><th>Task</th><th class="number">Size</th><th class="number">One run</th><th class="number">Took</th></tr></thead>
<tbody>${PLACE}</tbody>`;

function* rowsOf(
  models: readonly TableModel[],
  rank: readonly SummaryModel[],
): Generator<Markup> {
  const places = new Map(rank.map((summary, place) => [summary, place]));
  const place = ({ summary }: TableModel) => places.get(summary) ?? 0;
  const rows = models.toSorted((a, b) => place(a) - place(b));

  for (const [index, model] of rows.entries()) yield row(model, index);
}

function row({ summary, facts }: TableModel, index: number): Markup {
  const { name, because } = summary;
  const anchor = encodeURIComponent(modelAnchor(name));

  return html`<tr data-answer="${answerOf(summary)}"><td data-value="${name}"><a href="#${anchor}"><code>${name}</code></a></td><td data-value="${index}"><span class="verdict">${icon(toneOf(summary))} ${verdictWord(summary)}</span></td><td class="cause">${partsMarkup(sentencesOf([because]))}</td><td>${facts.task}</td>${number(facts.bytes, formatBytes)}${number(facts.ms, formatMs)}${number(facts.seconds, formatSeconds)}</tr>`;
}

function number(
  value: number | null,
  format: (value: number) => string,
): Markup {
  return value === null
    ? html`<td class="number" data-value="">–</td>`
    : html`<td class="number" data-value="${value}">${format(value)}</td>`;
}

/** Unchanged or not, the answer is the same. */
function answerOf({ why }: SummaryModel): string {
  return decisionWords({ why });
}
