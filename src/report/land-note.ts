import { sentencesOf } from "../explanation.ts";
import { marked } from "../message.ts";
import { fetchFold } from "./fetch-fold.ts";
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
  notices: readonly string[];
  /** Lines for a shell, where the models are now. */
  fetch: string | null;
  verify: string | null;
}

const FILES_SHOWN = 50;

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
    extras.notices.map((notice) => `- ${prose(notice)}`).join("\n"),
    modelTable(request),
    fileList(request),
    nextBlock(request),
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
    return `✅ Landed: ${code(branch)} is part of ${code(target)} now`;
  if (status === "undone")
    return `↩️ Taken back: ${code(target)} holds the models from before again`;
  if (status === "off")
    return `➖ Not landed yet: a person lands ${code(branch)}`;
  if (status === "nothing") return `➖ Nothing to land`;

  return `❌ Not landed: ${code(target)} in the store does not hold what was merged in Git`;
}

function whereLine(
  { status, landed }: LandNote,
  { store, target, commitUrl }: LandNoteExtras,
): string {
  if (!["landed", "already", "undone"].includes(status) || landed === null)
    return "";
  const page = link("look at it", commitUrl);
  return `Branch ${code(target)} of ${code(store)}, commit ${code(shortHash(landed))}${page ? ` (${page})` : ""}.`;
}

function modelTable({ models }: LandNote): string {
  if (models.length === 0) return "";

  const icons: Record<string, string> = { green: "✅", removed: "➖" };
  const rows = models.map(({ name, state, sentence }) =>
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
  ].join("\n");
}

const WORDS: Record<string, string> = {
  green: "may ship",
  removed: "removed",
  red: "may not ship",
  stale: "not about these files",
  missing: "no verdict",
};

function fileList({ paths, models }: LandNote): string {
  const files = [
    ...new Set([...paths, ...models.flatMap((model) => model.files)]),
  ];
  if (files.length === 0) return "";

  const rest =
    files.length > FILES_SHOWN
      ? [`- and ${files.length - FILES_SHOWN} more`]
      : [];

  const title = paths.length > 0 ? "Changed on both sides:" : "Not covered:";

  return [
    title,
    "",
    ...files.slice(0, FILES_SHOWN).map((file) => `- ${code(file)}`),
    ...rest,
  ].join("\n");
}

function nextBlock({ status, next }: LandNote): string {
  if (!next) return "";
  return status === "off"
    ? codeBlock(next, "sh")
    : `**What to do next:** ${proseParts(sentencesOf([marked(next)]))}`;
}

function footer(
  { commit, data_branch: branch }: LandNote,
  { jobUrl, version }: LandNoteExtras,
): string {
  const data = commit
    ? `data branch ${code(branch)} at ${code(shortHash(commit))}`
    : "";
  return `<sub>${[`model-to-edge ${code(version)}`, data, link("job log", jobUrl)].filter(Boolean).join(" · ")}</sub>`;
}
