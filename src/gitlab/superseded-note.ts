import type { GitlabClient } from "./client.ts";
import type { EarlierNotes, MarkedNote } from "./marked-note.ts";
import { fitNote } from "./note-body.ts";
import { withMarker } from "./note-marker.ts";

interface Exchange {
  client: Pick<GitlabClient, "editNote">;
  /** Status of an error that GitLab answered with, null for any other error. */
  statusOf(error: unknown): number | null;
}

/** Address of a note, null where it is not known. */
type LinkTo = (id: number) => string | null;

/**
 * Says on another author's note of our kind that ours took its place, and folds what it said. A token of role
 * Maintainer may; where GitLab refuses, the note stays, and ours names it.
 */
export async function markSuperseded(
  { client, statusOf }: Exchange,
  { id, body, marker }: MarkedNote,
  link: string | null,
): Promise<void> {
  try {
    await client.editNote(id, supersededText(body, marker, link));
  } catch (error) {
    if (statusOf(error) === null) throw error;
  }
}

function supersededText(
  body: string,
  marker: MarkedNote["marker"],
  link: string | null,
): string {
  const newer = link === null ? "a newer note" : `[a newer note](${link})`;
  const said = body.slice(body.indexOf("\n") + 1).trim();
  const text = [
    `### ➖ Superseded by ${newer}`,
    `<details>\n<summary>Previous content</summary>\n\n${said}\n\n</details>`,
  ].join("\n\n");

  return fitNote(
    withMarker({ ...marker, superseded: true }, text),
    "… truncated because it was too long.",
  );
}

/** The sentences of our note about earlier ones, Markdown; "" where there are none. */
export function earlierText(
  { refused, foreign }: EarlierNotes,
  linkTo: LinkTo,
): string {
  const own = refused.map(linkTo).filter((url) => url !== null);
  const replaced = own.map((url) => `[earlier note](${url})`).join(", an ");
  const sentences = [
    ...(own.length > 0
      ? [`This replaces an ${replaced}, which this token may not change.`]
      : []),
    ...foreign.map((note) => foreignText(note, linkTo(note.id))),
  ];

  return sentences.map((sentence) => `\n\n${sentence}`).join("");
}

function foreignText({ id, author }: MarkedNote, link: string | null): string {
  const note = link === null ? `note ${id}` : `[note ${id}](${link})`;
  const name = author.replace(/[^\w.-]/g, "");
  const by = name === "" ? "another user" : `\`${name}\``;

  return `The ${note} about this job was written by ${by}, not by the user of this job's token: ignore it.`;
}
