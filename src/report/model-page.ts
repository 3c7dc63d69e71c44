import type { Conversion } from "../convert/conversion.ts";
import { decisionWords } from "../decision.ts";
import type { Contract } from "../validate/contract/contract.ts";
import type { Verdict } from "../validate/verdict.ts";
import { toneOf } from "./headline.ts";
import { deviceTable } from "./html/devices.ts";
import { legendCard } from "./html/legend.ts";
import { type Content, html } from "./html/markup.ts";
import {
  checkList,
  command,
  environmentFacts,
  fileTable,
  list,
  policyPart,
} from "./html/model-parts.ts";
import { outputTable } from "./html/outputs.ts";
import { renderPage } from "./html/page.ts";
import { answer, card, explanation, facts } from "./html/parts.ts";
import { leastAgreed, seenSideBySide } from "./html/seen.ts";
import { factStrip, whatItIs } from "./html/what-it-is.ts";
import { intermediateOf, outputsOf } from "./parity-details.ts";
import type { Preview } from "./report-model.ts";

export interface ModelPage {
  verdict: Verdict;
  conversion: Pick<
    Conversion,
    | "engine"
    | "fingerprint"
    | "files"
    | "inputs"
    | "code"
    | "lineage"
    | "environment"
    | "warnings"
    | "why"
  >;
  previews: readonly Preview[];
  /** Null where the model has none that can be read. */
  contract: Contract | null;
}

/**
 * The page that is published beside the model, for a reviewer or an auditor. It holds no time, commit, pipeline,
 * duration or version of this program, so that the same result is the same bytes.
 */
export function renderModelPage(page: ModelPage): string {
  const { verdict, conversion, contract } = page;
  const what = whatItIs({
    ...{ contract, conversion, files: conversion.files },
    ...{ performance: null, seconds: null, version: null },
  });
  const words = decisionWords(conversion);

  return renderPage({
    title: `${verdict.name} ${words}`,
    body: html`<div class="over">Edge model, checked against its source</div>
${answer(toneOf(conversion), html`<code>${verdict.name}</code> ${words}`, explanation(verdict))}
${card("What it is", factStrip(what))}
${evidenceCards(page)}
${card("Made from", inputFacts(conversion))}
${card("Environment", facts(environmentFacts(conversion.engine, conversion.environment)))}
${legendCard()}`,
    footer: "model-to-edge",
  });
}

function evidenceCards({
  verdict,
  conversion,
  previews,
  contract,
}: ModelPage): Content {
  const seen = { verdict, previews, contract, id: "picture" };
  return [
    card("Side by side", seenSideBySide(seen)),
    card("Outputs compared", outputTable(outputsOf(verdict), "Outputs")),
    card(
      "Intermediate tensors compared",
      outputTable(intermediateOf(verdict), "Intermediate tensors"),
    ),
    card("Behaviour: the sample that agrees least", leastAgreed(seen)),
    card("Checks", checkList(verdict.checks)),
    card("Devices", deviceTable(verdict.checks, "Devices")),
    card("Warnings of the engine", list(conversion.warnings)),
    card("Judged by", policyPart(verdict)),
    card(
      "Reproduce",
      command(
        "This command runs the same checks on the published files:",
        verdict.reproduce,
      ),
    ),
  ];
}

function inputFacts({
  inputs,
  code,
  lineage = {},
  fingerprint,
}: ModelPage["conversion"]): Content {
  const ofGit = (code?.files ?? []).map((file) => ({
    ...file,
    path: `Git: ${code?.folder}/${file.path}`,
  }));

  return [
    fileTable([...inputs, ...ofGit], "Made from"),
    facts([
      ["Trained by the run", lineage.parent_training_run_id ?? ""],
      ["Asked of training", hash(lineage.parent_spec_fp)],
      ["What the checkpoint depends on", hash(lineage.parent_exec_fp)],
    ]),
    fingerprint &&
      facts([
        ["What was asked", html`<code>${fingerprint.spec}</code>`],
        ["What the bytes depend on", html`<code>${fingerprint.exec}</code>`],
        [
          "What the verdict depends on",
          html`<code>${fingerprint.verdict}</code>`,
        ],
      ]),
  ];
}

function hash(text: string | undefined): Content {
  return text === undefined ? null : html`<code>${text}</code>`;
}
