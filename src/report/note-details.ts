import { sentencesOf } from "../text/explanation.ts";
import { formatBytes } from "../text/format-bytes.ts";
import { formatSeconds } from "./format.ts";
import { namesOfSome, toneOf, warningsOf } from "./headline.ts";
import {
  cell,
  code,
  codeBlock,
  htmlCode,
  link,
  prose,
  proseParts,
} from "./markdown.ts";
import { ICONS } from "./note-icons.ts";
import { linkedNames, type NoteLinks, pageAbout } from "./note-links.ts";
import { reproduceWords } from "./reproduce.ts";
import type { SummaryModel } from "./summary.ts";

/**
 * The cause of models that have the same one, the next step and the page about it, visible: what a reader needs before any
 * table. Empty where there is nothing to say.
 */
export function noteCause(
  models: readonly [SummaryModel, ...SummaryModel[]],
  links: NoteLinks,
  isNamed: boolean,
): string {
  const [model] = models;
  const { name, because, next, reasons } = model;
  const nameOf = linkedNames(links);
  const subject = isNamed
    ? `${ICONS[toneOf(model)]} ${proseParts(namesOfSome(models), nameOf)}: `
    : "";
  const cause = proseParts(sentencesOf([because]));
  const step =
    next.length > 0 &&
    `**What to do next:** ${proseParts(sentencesOf([next]))}`;
  const [first] = reasons;
  const page = first && link("Read more.", `${links.docs}/${pageAbout(first)}`);

  const log = "engine" in model.timings ? links.engineLog(name) : null;
  const whose = models.length > 1 ? ` for ${name}` : "";
  const printed =
    first?.status === "failed" && link(`What the engine printed${whose}.`, log);

  const more = [step, page, printed].filter(Boolean).join(" ");
  const lines = [cause, more].filter(Boolean).join(step ? "\n\n" : " ");

  return lines && subject + lines;
}

/** The first line of the note says all there is to say of it: a run of one model, with one warning. */
export function isExplained(model: SummaryModel, of: number): boolean {
  return of === 1 && warningsOf(model).length === 1;
}

/**
 * What is known of one model, folded: each reason, how to reproduce it, its files, how it was made. Blocks of Markdown.
 * `canFetch`: the store holds what may ship.
 */
export function noteDetails(
  model: SummaryModel,
  links: NoteLinks,
  canFetch: boolean,
): string[] {
  const { reasons, reproduce, files, ships, performance } = model;
  const blocks = [
    reasons
      .map(({ check, parts }) => `- **${prose(check)}**: ${proseParts(parts)}`)
      .join("\n"),
    reproduce &&
      `${reproduceWords(model, canFetch)}\n\n${codeBlock(reproduce, "sh")}`,
    fixedText(model),
    ships && canFetch && files.length > 0 ? fileTable(files, links) : "",
    performance === null
      ? ""
      : `On this runner, one thread: ${prose(performance)}.`,
    factsLine(model),
    lineageLine(model),
  ].filter((block) => block !== "");
  if (blocks.length === 0) return [];

  const title = `<summary>${ICONS[toneOf(model)]} ${htmlCode(model.name)}: details</summary>`;

  return [`<details>\n${title}`, ...blocks, "</details>"];
}

/** Axes with one reason are named together. */
function fixedText({ fixed = {} }: SummaryModel): string {
  const whys = [...new Set(Object.values(fixed))];
  return whys
    .map((why) => {
      const axes = Object.keys(fixed).filter((axis) => fixed[axis] === why);
      return `The input is fixed in ${prose(axes.join(" and "))}: ${prose(why)}.`;
    })
    .join("\n\n");
}

function fileTable(files: SummaryModel["files"], links: NoteLinks): string {
  const rows = files.map(({ path, size }) => {
    const name = link(code(path), links.file(path)) ?? code(path);
    return `| ${cell(name)} | ${formatBytes(size)} |`;
  });

  return ["| File | Size |", "|---|---:|", ...rows].join("\n");
}

/** What it was trained from. */
function lineageLine({ lineage = {} }: SummaryModel): string {
  const { parent_training_run_id, parent_spec_fp, parent_exec_fp } = lineage;
  const facts = [
    parent_training_run_id && `run ${code(parent_training_run_id)}`,
    parent_spec_fp && `spec ${code(parent_spec_fp.slice(0, 12))}`,
    parent_exec_fp && `exec ${code(parent_exec_fp.slice(0, 12))}`,
  ].filter(Boolean);

  return facts.length > 0 ? `Trained by ${facts.join(", ")}.` : "";
}

function factsLine(model: SummaryModel): string {
  const { engine, isolation, timings } = model;
  const stages = Object.entries(timings).filter(
    ([name]) => !name.includes("."),
  );
  if (stages.length === 0 && !isolation) return "";

  const facts = [
    engine && `engine ${code(engine)}`,
    model.code &&
      `code from Git (${code(`${model.code.folder}/`)} of ${code(model.code.commit.slice(0, 8))})`,
    ...stages.map(
      ([name, seconds]) => `${prose(name)} ${formatSeconds(seconds)}`,
    ),
    isolation && `isolation ${code(isolation)}`,
  ].filter(Boolean);

  return `Made with ${facts.join(", ")}.`;
}
