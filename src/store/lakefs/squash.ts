import { randomBytes } from "node:crypto";
import { nameJobDraft } from "../draft-name.ts";
import type { DraftRef } from "../store.ts";
import type { CommitText } from "./commit-calls.ts";
import { changesOnly } from "./rebase-draft.ts";
import type { Repository } from "./repository.ts";

interface Squash {
  /** Of the target. */
  head: string;
  /** Of the shared draft: the head and what is published, proved. */
  commit: string;
  text: CommitText;
}

/**
 * The same as one commit upon the target's head. The draft's own commits took in what lay in the hidden branch, whoever
 * wrote it: they stay out of the target's history, and none of them carries the mark of a publication.
 */
export async function squash(
  { api }: Repository,
  ref: DraftRef,
  { head, commit, text }: Squash,
): Promise<string> {
  const { id } = nameJobDraft(ref, randomBytes(6).toString("hex"));
  await api.createBranch(id, head, true);
  const squashed = await api.merge(commit, id, text, { squash_merge: true });
  await changesOnly(api.diffRefs(commit, squashed), new Set());

  return squashed;
}
