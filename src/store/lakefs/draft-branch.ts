import { ExternalError } from "../../errors.ts";
import { draftGone } from "../refusals.ts";
import type {
  DraftRef,
  PublishOptions,
  StoredFile,
  StoreObject,
} from "../store.ts";
import type { CommitText } from "./commit-calls.ts";
import { INPUT_KEY } from "./newer.ts";
import type { Repository } from "./repository.ts";

/** Names the draft in the metadata of its commits, so that a merge whose answer was lost is found again. */
export const DRAFT_KEY = "model-to-edge.draft";

/** The text of each commit of a publication: it tells which inputs it covers, and from which draft it comes. */
export function draftText(
  { id }: DraftRef,
  { message, metadata, input }: PublishOptions,
): CommitText {
  const covered = input ? { [INPUT_KEY]: input } : {};
  return { message, metadata: { ...metadata, ...covered, [DRAFT_KEY]: id } };
}

/** Without the mark by which a commit vouches for what it holds. */
export function unmarked({ message, metadata }: CommitText): CommitText {
  const { [DRAFT_KEY]: _, ...rest } = metadata;
  return { message, metadata: rest };
}

/** The draft's head, made where it is not there yet; null where the target branch is gone. */
export async function openDraft(
  { api }: Repository,
  ref: DraftRef,
): Promise<string | null> {
  const there = await api.getBranch(ref.id);
  if (there !== null) return there;

  const head = await api.getBranch(ref.branch);
  if (head === null) return null;

  await api.createBranch(ref.id, head, true);

  const made = await api.getBranch(ref.id);
  if (made !== null) return made;

  throw new ExternalError(
    `the hidden branch ${ref.id} does not exist although lakeFS created it`,
    { code: "draft-lost", hint: "run again; a sweep may have removed it" },
  );
}

/** A full disk may look like a success to lakeFS's local store: sizes and checksums are read back. */
export async function checkArrived(
  listed: AsyncIterable<StoreObject>,
  expected: readonly StoredFile[],
): Promise<void> {
  const there = new Map<string, StoreObject>();
  for await (const object of listed) there.set(object.path, object);

  for (const { path, token, size } of expected) {
    const object = there.get(path);
    if (object?.token === token && object.size === size) continue;

    throw object ? differs(path) : draftGone(path);
  }
}

function differs(path: string): ExternalError {
  return new ExternalError(
    `${path} in the draft differs from what was uploaded`,
    {
      code: "corrupt-upload",
      hint: "run again; the server's disk may be full, or someone wrote to the hidden branch",
    },
  );
}
