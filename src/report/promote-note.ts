import type { HandoverState } from "../registry/handover/state.ts";
import type { Promotion } from "../registry/promotion.ts";
import { REGISTRY_PAGE } from "../text/docs-address.ts";
import type { Level } from "../version/change.ts";
import { shortHash } from "./format.ts";
import { cell, code, link, prose } from "./markdown.ts";
import { ICONS } from "./note-icons.ts";

export interface PromoteNoteExtras {
  jobUrl: string | null;
  version: string;
  /** The folder of the documentation's pages. */
  docs: string;
}

const CHANGES_SHOWN = 20;

/** The note on the merge request that brought a model: its version, why it is this one, and where it lies. GitLab's Markdown. */
export function renderPromoteNote(
  promotion: Promotion,
  extras: PromoteNoteExtras,
): string {
  const blocks = [
    headline(promotion),
    sinceBlock(promotion),
    whereLine(promotion),
    aliasLine(promotion),
    handoverTable(promotion),
    footer(promotion, extras),
  ];

  return `${blocks.filter(Boolean).join("\n\n")}\n`;
}

/** The answer in one plain line. */
export function promotionSays({ name, release }: Promotion): string {
  return `${name} is version ${release} in the registry`;
}

function headline({ name, release, handover }: Promotion): string {
  const isWhole = handover.every(({ status }) => status === "done");
  const icon = isWhole ? ICONS.pass : ICONS.warn;
  const rest = isWhole ? "" : ", but was not handed over completely";

  return `### ${icon} Promoted: ${code(name)} is version ${code(release)} in the registry${rest}`;
}

const LEVELS: Record<Level, string> = {
  breaking: "Breaking: a program that runs the model must change",
  additive: "Additive: programs that run the model need no change",
  weights: "Programs that run the model need no change",
  none: "The contract is the same",
};

function sinceBlock({ since }: Promotion): string {
  if (since === null) return "It is counted from no earlier version.";

  const title = `${LEVELS[since.level]}. Since ${code(since.release)}:`;
  const [only, ...others] = since.changes;
  if (only === undefined) return title.replace(/\. Since .*$/, ".");
  if (others.length === 0) return `${title} ${prose(only)}.`;

  const shown = since.changes.slice(0, CHANGES_SHOWN);
  const rest = since.changes.length - shown.length;
  return [
    title,
    "",
    ...shown.map((change) => `- ${prose(change)}`),
    ...(rest > 0
      ? [`- and ${rest} more, in \`promotion.json\` of the job`]
      : []),
  ].join("\n");
}

function whereLine({ link: place, source }: Promotion): string {
  const where = link("its files", place);
  const files = where ? `It lies at ${where}` : `It lies at ${code(place)}`;

  return `${files}, from ${code(source.model)} of branch ${code(source.branch)} of ${code(source.store)}, commit ${code(shortHash(source.commit))}.`;
}

function aliasLine({ aliases, release }: Promotion): string {
  const own = aliases.map(({ name, was }) =>
    was === release || was === null
      ? `${code(name)}`
      : `${code(name)} (before: ${code(was)})`,
  );

  return own.length > 0
    ? `Aliases that were set to it: ${own.join(", ")}.`
    : "";
}

function handoverTable({ handover }: Promotion): string {
  if (handover.length === 0) return "";

  const rows = handover.map((state) =>
    [code(state.name), stateCell(state), stepCell(state)].map(cell).join(" | "),
  );

  return [
    "| Hand-over | State | Left to do |",
    "|---|---|---|",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
}

function stateCell(state: HandoverState): string {
  return state.status === "done"
    ? `${ICONS.pass} ${state.handed}`
    : `${ICONS.fail} ${state.handed}: ${prose(state.reason ?? "")}`;
}

function stepCell({ status, next }: HandoverState): string {
  if (status !== "done") return "Run the job again: it hands over the rest";
  return next ? prose(next) : "–";
}

function footer(
  { digest }: Promotion,
  { jobUrl, version, docs }: PromoteNoteExtras,
): string {
  const parts = [
    `model-to-edge ${code(version)}`,
    `content ${code(shortHash(digest))}`,
    link("job log", jobUrl),
    link("how versions are computed", `${docs}/${REGISTRY_PAGE}`),
  ];

  return `<sub>${parts.filter(Boolean).join(" · ")}</sub>`;
}
