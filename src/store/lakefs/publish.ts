import { inParallel } from "../parallel.ts";
import { PUBLISHED } from "../paths.ts";
import {
  type Compose,
  type DraftRef,
  POINTER_LIMIT,
  type PublishOptions,
  type PublishOutcome,
  type Target,
} from "../store.ts";
import { tokensByPath } from "../tokens-by-path.ts";
import type { CommitText } from "./commit-calls.ts";
import { discardDraft, discardShared } from "./discard-draft.ts";
import { draftText, unmarked } from "./draft-branch.ts";
import { type MergeOutcome, mergeCommit } from "./merge.ts";
import { newerPointers } from "./newer.ts";
import { conflictOutcome, goneOutcome } from "./outcomes.ts";
import { proveKept } from "./prove-kept.ts";
import { readSmall } from "./read-small.ts";
import { listAll, rebaseDraft } from "./rebase-draft.ts";
import type { Repository } from "./repository.ts";
import { listStore } from "./snapshot.ts";
import { squash } from "./squash.ts";

/** A target that moves more often than this during one publication is not a coincidence. */
const ROUNDS = 6;

export interface PublishWish {
  /** Paths whose bytes `compose` gets. */
  pointers: string[];
  compose: Compose;
  options: PublishOptions;
  /** The draft has commits of several jobs. */
  shared?: boolean;
}

/**
 * Makes the draft's files part of the target branch by one merge. Where the target changed the same paths meanwhile,
 * the draft follows it and `compose` decides again; nothing is uploaded a second time.
 */
export async function publishDraft(
  repository: Repository,
  ref: DraftRef,
  wish: PublishWish,
): Promise<PublishOutcome> {
  const text = draftText(ref, wish.options);

  for (let round = 0; round < ROUNDS; round++) {
    const outcome = await publishOnce(repository, ref, { ...wish, text });

    if (outcome.status === "conflict") continue;
    if ("commit" in outcome) await endDraft(repository, ref, wish);

    return outcome.status === "merged"
      ? { status: "published", commit: outcome.commit }
      : outcome;
  }

  return conflictOutcome(ref.branch, ROUNDS);
}

/** One round, from the target's state to a merge into it; `conflict` where it changed in between. */
async function publishOnce(
  repository: Repository,
  ref: DraftRef,
  { text, ...wish }: PublishWish & { text: CommitText },
): Promise<MergeOutcome> {
  const head = await repository.api.getBranch(ref.branch);
  if (head === null) return goneOutcome(ref.branch);

  const target = await readTarget(repository, head, wish);
  const change = wish.compose(target);
  const prefixes = wish.options.prefixes ?? PUBLISHED;
  const { shared = false, options } = wish;

  const made =
    change &&
    (await rebaseDraft(repository, ref, {
      ...{ head, change, prefixes },
      text: shared ? unmarked(text) : text,
    }));
  if (!made) return { status: "unchanged", commit: head };
  if (options.readBack) await proveKept(repository, made, change.keep);

  const commit = shared
    ? await squash(repository, ref, { head, commit: made, text })
    : made;
  if (await hasMoved(repository, ref.branch, target))
    return { status: "conflict" };

  return mergeCommit(repository, { commit, target: ref.branch, text });
}

async function readTarget(
  repository: Repository,
  head: string,
  { pointers: paths, options }: PublishWish,
): Promise<Target> {
  const { prefixes = PUBLISHED, input, inputsBelow } = options;
  const existing = await tokensByPath(listAll(repository, head, prefixes));

  const pointers = await readPointers(repository, head, paths);

  const newer = await newerPointers(repository, head, {
    pointers: paths,
    prefixes,
    input,
  });

  const isMoved = input !== undefined && input !== head;
  const inputs =
    isMoved && inputsBelow !== undefined
      ? await tokensByPath(listStore(repository, head, inputsBelow))
      : null;

  return {
    head,
    pointers,
    ...(inputs && { inputs }),
    exists: (path) => existing.has(path),
    holds: ({ path, token }) => existing.get(path) === token,
    newer,
  };
}

async function readPointers(
  repository: Repository,
  ref: string,
  paths: readonly string[],
): Promise<Map<string, Uint8Array | null>> {
  const read = await inParallel([...paths], 8, (path) =>
    readSmall(repository, ref, path, POINTER_LIMIT),
  );

  return new Map(paths.map((path, index) => [path, read[index] ?? null]));
}

/**
 * Whether somebody published the same models since the target was read. lakeFS merges the same bytes once more, as a
 * commit that changes nothing.
 */
async function hasMoved(
  repository: Repository,
  branch: string,
  { head, pointers }: Target,
): Promise<boolean> {
  const now = await repository.api.getBranch(branch);
  if (now === null || now === head) return false;

  const current = await readPointers(repository, now, [...pointers.keys()]);

  return [...pointers].some(
    ([path, bytes]) =>
      Buffer.compare(bytes ?? NOTHING, current.get(path) ?? NOTHING) !== 0,
  );
}

const NOTHING = Buffer.alloc(0);

/** The publication stands whether or not its draft can be removed: the sweep takes what stays. */
async function endDraft(
  repository: Repository,
  ref: DraftRef,
  { shared = false }: Pick<PublishWish, "shared">,
): Promise<void> {
  const end = shared ? discardShared : discardDraft;
  await end(repository, ref).catch((error: Error) => {
    repository.ctx.log.warn(
      `the hidden branch ${ref.id} could not be removed (${error.message}); a later sweep removes it`,
    );
  });
}
