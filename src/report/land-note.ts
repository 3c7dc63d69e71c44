import { LANDING_HELP, LANDING_PAGE } from "../text/docs-address.ts";
import { sentencesOf } from "../text/explanation.ts";
import { marked } from "../text/message.ts";
import { fetchFold } from "./fetch-fold.ts";
import { firstLines, moreLine, NOTICES } from "./first-lines.ts";
import { shortHash } from "./format.ts";
import { cell, code, codeBlock, link, prose, proseParts } from "./markdown.ts";

/** What the note says of one request; a part of `land.json`. */
export interface LandNote {
  status:
    | "landed"
    | "undone"
    | "already"
    | "nothing"
    | "off"
    | "refused"
    | "failed";
  data_branch: string;
  reason: string | null;
  next: string | null;
  commit: string | null;
  landed: string | null;
  models: { name: string; state: string; sentence: string; files: string[] }[];
  paths: string[];
  data_branch_kept: string | null;
}

export interface LandNoteExtras {
  store: string;
  target: string;
  /** Page of the landed commit, or null. */
  commitUrl: string | null;
  jobUrl: string | null;
  version: string;
  /** The folder of the documentation's pages. */
  docs: string;
  notices: readonly string[];
  /** Lines for a shell, where the models are now. */
  fetch: string | null;
  verify: string | null;
}

/** Where all of a long list stands. */
const DOCUMENT = "`land.json` of the job";
const FILES_SHOWN = 50;
/** Models in the table; those that need work come first. */
const LISTED = 30;

/** The note on a merged request, GitLab's Markdown: where its models are now, or why they are not. */
export function renderLandNote(
  request: LandNote,
  extras: LandNoteExtras,
): string {
  const blocks = [
    `### ${headline(request, extras)}`,
    whereLine(request, extras),
    request.reason && request.status !== "off"
      ? proseParts(sentencesOf([marked(request.reason)]))
      : "",
    noticeList(extras.notices),
    modelTable(request),
    fileList(request),
    nextBlock(request, extras),
    fetchFold(extras),
    request.data_branch_kept
      ? `The data branch stays: ${prose(request.data_branch_kept)}.`
      : "",
    footer(request, extras),
  ];
  return `${blocks.filter(Boolean).join("\n\n")}\n`;
}

function headline(
  { status, data_branch: branch }: LandNote,
  { target }: LandNoteExtras,
): string {
  if (status === "landed" || status === "already")
    return `✅ Landed: ${code(branch)} was merged into ${code(target)}`;
  if (status === "undone")
    return `↩️ Reverted: ${code(target)} has the previous models again`;
  if (status === "off")
    return `➖ Not landed yet: a person must land ${code(branch)}`;
  if (status === "nothing") return `➖ Nothing to land`;

  return `❌ Not landed: ${code(target)} in the store does not contain what was merged in Git`;
}

function whereLine(
  { status, landed }: LandNote,
  { store, target, commitUrl }: LandNoteExtras,
): string {
  if (!["landed", "already", "undone"].includes(status) || landed === null)
    return "";
  const page = link("browse it", commitUrl);
  return `Branch ${code(target)} of ${code(store)}, commit ${code(shortHash(landed))}${page ? ` (${page})` : ""}.`;
}

function modelTable({ models }: LandNote): string {
  if (models.length === 0) return "";

  const icons: Record<string, string> = { green: "✅", removed: "➖" };
  const isGood = ({ state }: (typeof models)[number]) => state in icons;
  const inOrder = [
    ...models.filter((model) => !isGood(model)),
    ...models.filter(isGood),
  ];
  const more = moreLine(models.length - LISTED, DOCUMENT);
  const rows = inOrder
    .slice(0, LISTED)
    .map(({ name, state, sentence }) =>
      [
        code(name),
        `${icons[state] ?? "❌"} ${WORDS[state] ?? state}`,
        prose(sentence) || "–",
      ]
        .map(cell)
        .join(" | "),
    );

  return [
    "| Model | Verdict | Finding |",
    "|---|---|---|",
    ...rows.map((row) => `| ${row} |`),
    ...(more === "" ? [] : ["", more]),
  ].join("\n");
}

function noticeList(notices: readonly string[]): string {
  const lines = firstLines(notices, NOTICES, {
    lineOf: prose,
    where: DOCUMENT,
  });

  return lines.map((line) => `- ${line}`).join("\n");
}

const WORDS: Record<string, string> = {
  green: "may ship",
  removed: "removed",
  red: "may not ship",
  stale: "for different files",
  missing: "no verdict",
};

function fileList({ paths, models }: LandNote): string {
  const files = [
    ...new Set([...paths, ...models.flatMap((model) => model.files)]),
  ];
  if (files.length === 0) return "";

  const lines = firstLines(files, FILES_SHOWN, {
    lineOf: code,
    where: DOCUMENT,
  });
  const title = paths.length > 0 ? "Changed on both sides:" : "Not covered:";

  return [title, "", ...lines.map((line) => `- ${line}`)].join("\n");
}

function nextBlock(
  { status, next }: LandNote,
  { docs }: LandNoteExtras,
): string {
  if (!next) return "";
  if (status === "off") return codeBlock(next, "sh");
  const page = link("Read more.", `${docs}/${LANDING_HELP}`);

  return `**What to do next:** ${proseParts(sentencesOf([marked(next)]))} ${page}`;
}

function footer(
  { commit, data_branch: branch }: LandNote,
  { jobUrl, version, docs }: LandNoteExtras,
): string {
  const data = commit
    ? `data branch ${code(branch)} at ${code(shortHash(commit))}`
    : "";
  return `<sub>${[`model-to-edge ${code(version)}`, data, link("job log", jobUrl), link("how landing works", `${docs}/${LANDING_PAGE}`)].filter(Boolean).join(" · ")}</sub>`;
}
