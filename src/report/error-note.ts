import { errorPage } from "../text/docs-address.ts";
import { sentencesOf } from "../text/explanation.ts";
import { marked } from "../text/message.ts";
import { link, prose, proseParts } from "./markdown.ts";
import { ICONS } from "./note-icons.ts";
import type { NoteLinks } from "./note-links.ts";

/** Why a run stopped, as its error has it: backticks mark code. */
export interface EarlyEnd {
  message: string;
  hint?: string | undefined;
  /** Stable word; the documentation has a section on each. */
  code?: string | undefined;
  /** What was done for good before, in a sentence. */
  stands?: string | null | undefined;
}

/**
 * The note of a run that stopped before it could judge anything, so that no older green stays on the merge request; or of
 * one that stopped after something was done for good.
 * GitLab's Markdown; foreign text is neutral.
 */
export function renderErrorNote(
  { message, hint = "", code, stands }: EarlyEnd,
  links: Pick<NoteLinks, "job" | "docs">,
  version: string,
): string {
  const page = code && link("Read more.", `${links.docs}/${errorPage(code)}`);
  const step =
    hint && `**What to do next:** ${proseParts(sentencesOf([marked(hint)]))}`;
  const cause = proseParts(sentencesOf([marked(message)]));
  const facts = [`model-to-edge ${prose(version)}`, link("job log", links.job)];

  const blocks = [
    `### ${ICONS.unchecked} ${stands ? "The job ended early" : "The edge models could not be checked"}`,
    [cause, [step, page].filter(Boolean).join(" ")]
      .filter(Boolean)
      .join(step ? "\n\n" : " "),
    stands
      ? `**So far:** ${proseParts(sentencesOf([marked(stands)]))}`
      : "**Not published.** The models of this commit were not checked.",
    `<sub>${facts.filter(Boolean).join(" · ")}</sub>`,
  ];

  return `${blocks.filter(Boolean).join("\n\n")}\n`;
}
