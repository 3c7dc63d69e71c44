import { ExternalError } from "../../errors.ts";
import { inParallel } from "../parallel.ts";
import type { DraftRef, EdgeChange, StoreObject } from "../store.ts";
import { tokensByPath } from "../tokens-by-path.ts";
import { isRefusal } from "../transfer/errors.ts";
import { uploadBytes } from "../transfer/upload.ts";
import type { LakefsApi } from "./api.ts";
import type { CommitText } from "./commit-calls.ts";
import { checkArrived, openDraft, unmarked } from "./draft-branch.ts";
import { carrierOf, type Repository } from "./repository.ts";
import { listStore } from "./snapshot.ts";

interface Rebase {
  /** The target's. */
  head: string;
  change: EdgeChange;
  /** What publications can reach. */
  prefixes: readonly string[];
  /** Of the commit. */
  text: CommitText;
}

/**
 * Makes the draft the target's `head` with the change, and nothing else, as one commit. Returns that commit, or null
 * where it would not differ from the head.
 */
export async function rebaseDraft(
  repository: Repository,
  ref: DraftRef,
  { head, change, prefixes, text }: Rebase,
): Promise<string | null> {
  const { api } = repository;
  const fresh = (await openDraft(repository, ref)) === head;
  // They take in whatever lies in the draft, which nobody vouches for.
  const before = fresh
    ? null
    : await followTarget(api, ref, head, unmarked(text));

  const touched = new Set<string>();
  for await (const { path } of fresh
    ? api.diffBranch(ref.id)
    : api.diffRefs(head, ref.id))
    touched.add(path);

  for (const path of pathsOf(change)) touched.delete(path);

  await restore(api, ref.id, head, [...touched]);
  if (change.remove.length > 0) await api.deleteObjects(ref.id, change.remove);

  await writeAll(repository, ref.id, change.write);
  if (before) await putBack(repository, ref, { before, change, prefixes });
  await checkArrived(listAll(repository, ref.id, prefixes), change.keep);

  const commit = await commitStaged(api, ref.id, text);
  if (commit === null) return null;

  if (commit === head) return null;

  return (await holdsOnly(api, { head, commit, change })) ? commit : null;
}

interface Committed extends Pick<Rebase, "head" | "change"> {
  commit: string;
}

/** Whether the commit differs from the head. Throws `ExternalError` where it holds another change than the wanted one. */
async function holdsOnly(
  api: LakefsApi,
  { head, commit, change }: Committed,
): Promise<boolean> {
  const wanted = new Set(pathsOf(change));
  return changesOnly(api.diffRefs(head, commit), wanted);
}

/** Whether there is a change. Throws `ExternalError` where one is not wanted. */
export async function changesOnly(
  changes: AsyncIterable<{ path: string }>,
  wanted: ReadonlySet<string>,
): Promise<boolean> {
  let differs = false;
  for await (const { path } of changes) {
    differs = true;
    if (!wanted.has(path))
      throw new ExternalError(
        `the draft changes ${path}, which is not part of this publication`,
        {
          code: "draft-lost",
          hint: "run again; someone wrote to the hidden branch, or something on the network changes requests to the server",
        },
      );
  }

  return differs;
}

function pathsOf({ keep, write, remove }: EdgeChange): string[] {
  return [...keep.map(({ path }) => path), ...write.keys(), ...remove];
}

interface PutBack extends Pick<Rebase, "change" | "prefixes"> {
  /** The draft's commit before it followed the target. */
  before: string;
}

/** What was put and is no change, as the target held the same: then the target's next state came in its place. */
async function putBack(
  repository: Repository,
  { id }: DraftRef,
  { before, change, prefixes }: PutBack,
): Promise<void> {
  const now = await tokensByPath(listAll(repository, id, prefixes));

  const replaced = change.keep.filter(
    ({ path, token }) => now.get(path) !== token,
  );
  if (replaced.length === 0) return;

  const then = await tokensByPath(listAll(repository, before, prefixes));

  for (const { path, token } of replaced)
    if (then.get(path) === token)
      await repository.api.copyObject(id, path, before);
}

/**
 * Brings what is new on the target into the draft; where both changed a path, the draft's side stays for now. Returns
 * the draft's commit before that.
 */
async function followTarget(
  api: LakefsApi,
  ref: DraftRef,
  head: string,
  text: CommitText,
): Promise<string | null> {
  const before = await commitStaged(api, ref.id, text);
  try {
    await api.merge(
      head,
      ref.id,
      { message: `follow ${ref.branch}`, metadata: text.metadata },
      { strategy: "dest-wins" },
    );
  } catch (error) {
    if (!isRefusal(error, "no-changes")) throw error;
  }

  return before;
}

/** Takes back what the draft changed and the change does not want. */
async function restore(
  api: LakefsApi,
  draft: string,
  head: string,
  paths: string[],
): Promise<void> {
  const added: string[] = [];
  for (const path of paths) {
    const { value } = await api.listObjects(head, path).next();
    if (value?.path === path) await api.copyObject(draft, path, head);
    else added.push(path);
  }

  if (added.length > 0) await api.deleteObjects(draft, added);
}

/** Uploads small files, each to its path. */
export async function writeAll(
  repository: Repository,
  draft: string,
  write: EdgeChange["write"],
): Promise<void> {
  if (write.size === 0) return;
  const up = await carrierOf(repository);

  await inParallel([...write], 8, ([path, bytes]) =>
    uploadBytes(up, bytes, `${draft}/${path}`),
  );
}

/** What lies below the prefixes. */
export async function* listAll(
  repository: Repository,
  ref: string,
  prefixes: readonly string[],
): AsyncGenerator<StoreObject> {
  for (const prefix of prefixes) yield* listStore(repository, ref, prefix);
}

/** The branch's head afterwards; null where the branch is gone. A commit whose answer was lost is found there too. */
export async function commitStaged(
  api: LakefsApi,
  branch: string,
  text: CommitText,
): Promise<string | null> {
  try {
    return await api.commit(branch, text);
  } catch (error) {
    if (!isRefusal(error, "no-changes")) throw error;
    return api.getBranch(branch);
  }
}
