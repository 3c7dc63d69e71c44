import { code, link, prose } from "./markdown.ts";
import type { NoteLinks } from "./note.ts";
import { ICONS } from "./note-icons.ts";

/**
 * The note of a run that stopped before it could judge anything, so that no older green stays on the merge request.
 * GitLab's Markdown; foreign text is neutral.
 */
export function renderErrorNote(
  error: { message: string; hint?: string | undefined },
  links: Pick<NoteLinks, "job">,
  version: string,
): string {
  const blocks = [
    `### ${ICONS.unchecked} The edge models could not be checked`,
    prose(error.message),
    error.hint && `**What to do next**: ${prose(error.hint)}`,
    `<sub>${[`model-to-edge ${code(version)}`, link("job log", links.job)].filter(Boolean).join(" · ")}</sub>`,
  ];
  return `${blocks.filter(Boolean).join("\n\n")}\n`;
}
