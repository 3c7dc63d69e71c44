import { sentencesOf } from "../text/explanation.ts";
import { plain } from "../text/message.ts";
import { alike, someNames } from "../text/some-names.ts";
import { count, type Tone, toneOf, verdictWord } from "./headline.ts";
import { pageAbout } from "./note-links.ts";
import type { SummaryModel } from "./summary.ts";

/** What a line of the log begins with. */
export const MARKS: Record<Tone, string> = {
  pass: "✓",
  warn: "!",
  fail: "✗",
  unproven: "?",
  unchecked: "x",
  none: "-",
};

/** Different findings in a log. GitLab keeps 4 MiB of one by default, and the answer stands at its end. */
const FINDINGS = 25;

/**
 * The lines of each model, in the order given. Models of which the log would say the same share its lines. Of more than 25
 * different findings the last ones have lines, the others are counted and named: the report has them.
 * `width`: of the column of names, in characters. `docs`: the folder of the documentation's pages.
 */
export function modelLines(
  models: readonly SummaryModel[],
  width: number,
  docs: string,
): string[] {
  const findings = alike(models, (model) =>
    JSON.stringify(findingOf(model, docs)),
  );
  const left = findings.slice(0, -FINDINGS).flat();

  return [
    ...(left.length > 0
      ? [
          `  ${count(left.length, "more model")} with other findings, in the report: ${someNames(left.map(nameOf))}`,
        ]
      : []),
    ...findings
      .slice(-FINDINGS)
      .flatMap((group) => groupLines(group, width, docs)),
  ];
}

function groupLines(
  group: readonly [SummaryModel, ...SummaryModel[]],
  width: number,
  docs: string,
): string[] {
  const [first] = group;
  const { words, more, page } = findingOf(first, docs);
  const whose =
    group.length > 1 ? ` (${first.name}, the first of ${group.length})` : "";
  const again =
    first.ships || !first.reproduce
      ? []
      : [`reproduce${whose}: ${first.reproduce}`];

  return [
    `  ${MARKS[toneOf(first)]} ${someNames(group.map(nameOf)).padEnd(width)}  ${words}`,
    ...[...more, ...again, ...page].map((line) => `      ${line}`),
  ];
}

/** What the log says of a model, without its name and how to reproduce it. */
interface Finding {
  words: string;
  /** Further reasons, and the next step; none of a model that ships. */
  more: string[];
  /** The page about it. */
  page: string[];
}

function findingOf(model: SummaryModel, docs: string): Finding {
  const found = plain(sentencesOf([model.answer, model.because]));
  const words = `${verdictWord(model)}${found && `. ${found}`}`;
  if (model.ships) return { words, more: [], page: [] };

  const [first, ...others] = model.reasons;

  return {
    words,
    more: [
      ...others.map(({ check, parts }) => `${check}: ${plain(parts)}`),
      ...(model.next.length > 0 ? [`next: ${plain(model.next)}`] : []),
    ],
    page: first ? [`more: ${docs}/${pageAbout(first)}`] : [],
  };
}

function nameOf({ name }: SummaryModel): string {
  return name;
}
