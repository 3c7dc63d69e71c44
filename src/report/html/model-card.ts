import { marked } from "../../text/message.ts";
import type { Verdict } from "../../validate/verdict.ts";
import { formatSeconds } from "../format.ts";
import { count, toneOf, verdictWord } from "../headline.ts";
import { modelAnchor } from "../note-links.ts";
import { intermediateOf, outputsOf } from "../parity-details.ts";
import type { ReportModel } from "../report-model.ts";
import { reproduceWords } from "../reproduce.ts";
import { deviceTable } from "./devices.ts";
import { type Content, html, type Markup } from "./markup.ts";
import {
  checkList,
  command,
  environmentFacts,
  fileTable,
  list,
  policyPart,
} from "./model-parts.ts";
import { outputTable } from "./outputs.ts";
import {
  explanation,
  facts,
  fold,
  icon,
  part,
  partsMarkup,
  webLink,
} from "./parts.ts";
import { leastAgreed, seenSideBySide } from "./seen.ts";
import { stageBar } from "./stages.ts";
import { factStrip, type WhatItIs } from "./what-it-is.ts";

/** A model, what it is, and where the rest of it can be read. */
export type CardModel = ReportModel & { facts: WhatItIs };

/** How a model stands among the others of its page. */
export interface CardPlace {
  /** Begins the ids of its pictures. */
  id: string;
  isAlone: boolean;
  /** The store holds it, if it may ship. */
  canFetch: boolean;
  /** With pictures, numbers and files; else what it is, what was found, and the sentences of the checks. */
  isFull: boolean;
}

/** What the model is, cause and next step, then the evidence. Models that are fine are folded where there are several. */
export function modelCard(
  model: CardModel,
  { id, isAlone, isFull, canFetch }: CardPlace,
): Markup {
  const { summary } = model;
  const tone = toneOf(summary);
  const open: Markup | null =
    isAlone || (isFull && (!summary.ships || tone === "warn"))
      ? html` open`
      : null;

  return html`<details class="card model"${open}><summary>${icon(tone)}<h2 id="${modelAnchor(summary.name)}">${summary.name}</h2><span class="soft">${verdictWord(summary)}</span></summary>
<div>${factStrip(model.facts)}${explanation(summary)}${publishedPart(model)}
${isFull ? evidence(model, id) : shortEvidence(model)}
${part("Reproduce", command(partsMarkup(marked(reproduceWords(summary, canFetch))), summary.reproduce))}</div></details>`;
}

/** An unchanged model was not looked at again: its evidence is the page that was published with it. */
function publishedPart({ published }: CardModel): Content {
  if (!published) return null;
  const { copy, url, path } = published;
  const page =
    copy === null
      ? html`${webLink(html`<code>${path}</code>`, url)} in the store`
      : html`<a href="${copy}">its published report</a>`;

  return html`<p>Nothing changed since it was checked. The evidence is in ${page}.</p>`;
}

function evidence(model: CardModel, id: string): Content {
  const { summary, conversion, verdict, previews, contract } = model;
  const { name } = summary;
  const seen = verdict && { verdict, previews, contract, id };
  return [
    seen && part("Side by side", seenSideBySide(seen)),
    verdict &&
      part(
        "Outputs compared",
        outputTable(outputsOf(verdict), `Outputs of ${name}`),
      ),
    verdict && intermediatePart(verdict, `Intermediate tensors of ${name}`),
    seen && part("Behaviour: the sample that agrees least", leastAgreed(seen)),
    verdict && checksPart(verdict),
    verdict &&
      part("Devices", deviceTable(verdict.checks, `Devices for ${name}`)),
    conversion && part("Warnings of the engine", list(conversion.warnings)),
    verdict && fold("Judged by", ruleOf(verdict), policyPart(verdict)),
    fold(
      "Files",
      count(summary.files.length, "file"),
      fileTable(summary.files, `Files of ${name}`),
    ),
    summary.status !== "unchanged" &&
      fold("How it was made", "environment, speed and time", made(model)),
  ];
}

/** Folded where all of them are the source's. */
function intermediatePart(verdict: Verdict, label: string): Content {
  const title = "Intermediate tensors compared";
  const found = intermediateOf(verdict);
  const table = outputTable(found, label);
  const off = found.filter(({ status }) => status !== "pass");

  return off.length > 0
    ? part(title, table)
    : fold(title, `all the source's: ${found.length}`, table);
}

/** Those that say something are read first; those that passed, or were not asked for, are folded. */
function checksPart({ checks }: Verdict): Content {
  const off = checks.filter(
    ({ status }) => status === "fail" || status === "warn",
  );
  const rest = checks.filter((check) => !off.includes(check));
  const passed = rest.filter(({ status }) => status === "pass").length;
  const skipped = rest.length - passed;
  const says = `${passed} of ${checks.length} passed${skipped > 0 ? `, ${skipped} did not run` : ""}`;

  return [
    part("Checks", checkList(off)),
    fold(off.length > 0 ? "Other checks" : "Checks", says, checkList(rest)),
  ];
}

function ruleOf({ policy }: Verdict): string {
  return policy.loosened.length > 0
    ? count(policy.loosened.length, "exception")
    : "the strict rule";
}

/** Of one model among very many: what is not as it should be, and where the files are. */
function shortEvidence({ verdict, summary }: CardModel): Content {
  const checks = verdict?.checks ?? [];
  const others = checks
    .filter(({ status }) => status !== "pass")
    .map((check) => ({ ...check, details: {} }));
  const passed = checks.length - others.length;
  const files = summary.files.map(({ path }) => html`<code>${path}</code> `);

  return [
    verdict !== null &&
      part(
        "Checks",
        html`<p>${passed} of ${count(checks.length, "check")} passed.</p>${checkList(others)}`,
      ),
    part("Files", files.length > 0 && html`<p>${files}</p>`),
  ];
}

function made({ summary, conversion }: CardModel): Content {
  const stages = Object.entries(summary.timings).filter(
    ([name]) => !name.includes("."),
  );
  const total = stages.reduce((sum, [, seconds]) => sum + seconds, 0);

  return facts([
    ...environmentFacts(summary.engine, conversion?.environment ?? {}),
    [
      "Speed here",
      summary.performance && `${summary.performance} (one thread)`,
    ],
    ["Isolation", summary.isolation],
    [
      "Code",
      summary.code !== undefined &&
        html`from Git, <code>${summary.code.folder}/</code> of <code>${summary.code.commit.slice(0, 8)}</code>`,
    ],
    ["Time", total > 0 && html`${formatSeconds(total)}${stageBar(stages)}`],
  ]);
}
