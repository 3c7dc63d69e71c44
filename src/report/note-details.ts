import { sentencesOf } from "../explanation.ts";
import { formatBytes } from "../format-bytes.ts";
import { formatSeconds } from "./format.ts";
import { toneOf } from "./headline.ts";
import {
  cell,
  code,
  codeBlock,
  htmlCode,
  prose,
  proseParts,
} from "./markdown.ts";
import { ICONS } from "./note-icons.ts";
import type { SummaryModel } from "./summary.ts";

/** The cause and the next step, visible: what a reader needs before any table. Empty where there is nothing to do. */
export function noteCause(model: SummaryModel, isNamed: boolean): string {
  const { because, next } = model;
  const subject = isNamed
    ? `${ICONS[toneOf(model)]} ${code(model.name)}: `
    : "";
  const cause = proseParts(sentencesOf([because]));
  const step =
    next.length > 0 &&
    `**What to do next**: ${proseParts(sentencesOf([next]))}`;

  const lines = [cause, step].filter(Boolean).join(" ");

  return lines && subject + lines;
}

/** What is known of one model, folded: each reason, how to reproduce it, its files, how it was made. Blocks of Markdown. */
export function noteDetails(model: SummaryModel): string[] {
  const { reasons, reproduce, files, ships, performance } = model;
  const blocks = [
    reasons
      .map(({ check, parts }) => `- **${prose(check)}**: ${proseParts(parts)}`)
      .join("\n"),
    reproduce && `Reproduce on your machine:\n\n${codeBlock(reproduce, "sh")}`,
    ships && files.length > 0 ? fileTable(files) : "",
    performance === null
      ? ""
      : `On this runner, one thread: ${prose(performance)}.`,
    factsLine(model),
  ];

  const title = `<summary>${ICONS[toneOf(model)]} ${htmlCode(model.name)}: details</summary>`;

  return [
    `<details>\n${title}`,
    ...blocks.filter((block) => block !== ""),
    "</details>",
  ];
}

function fileTable(files: SummaryModel["files"]): string {
  const rows = files.map(
    ({ path, size }) => `| ${cell(code(path))} | ${formatBytes(size)} |`,
  );
  return ["| File | Size |", "|---|---:|", ...rows].join("\n");
}

function factsLine({ engine, isolation, timings }: SummaryModel): string {
  const stages = Object.entries(timings).filter(
    ([name]) => !name.includes("."),
  );

  const facts = [
    engine && `engine ${code(engine)}`,
    isolation && `isolation ${code(isolation)}`,
    ...stages.map(
      ([name, seconds]) => `${prose(name)} ${formatSeconds(seconds)}`,
    ),
  ].filter(Boolean);

  return facts.length > 0 ? `Made with ${facts.join(", ")}.` : "";
}
