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
import type { CommitText } from "./commit-calls.ts";
import { DRAFT_KEY } from "./draft-branch.ts";
import { type MergeOutcome, mergeCommit } from "./merge.ts";
import { INPUT_KEY, newerPointers } from "./newer.ts";
import { conflictOutcome, goneOutcome } from "./outcomes.ts";
import { readSmall } from "./read-small.ts";
import { rebaseDraft } from "./rebase-draft.ts";
import type { Repository } from "./repository.ts";
import { listStore } from "./snapshot.ts";

/** A target that moves more often than this during one publication is not a coincidence. */
const ROUNDS = 6;

export interface PublishWish {
  /** Paths whose bytes `compose` gets. */
  pointers: string[];
  compose: Compose;
  options: PublishOptions;
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
  const { api } = repository;
  const { compose, options } = wish;
  const prefixes = options.prefixes ?? PUBLISHED;
  const input = options.input ? { [INPUT_KEY]: options.input } : {};
  const text: CommitText = {
    message: options.message,
    metadata: { ...options.metadata, ...input, [DRAFT_KEY]: ref.id },
  };

  for (let round = 0; round < ROUNDS; round++) {
    const head = await api.getBranch(ref.branch);
    if (head === null) return goneOutcome(ref.branch);

    const change = compose(await readTarget(repository, head, wish));

    const commit =
      change &&
      (await rebaseDraft(repository, ref, { head, change, prefixes, text }));

    const outcome: MergeOutcome = commit
      ? await mergeCommit(repository, { commit, target: ref.branch, text })
      : { status: "unchanged", commit: head };

    if (outcome.status === "conflict") continue;
    if ("commit" in outcome) await endDraft(repository, ref);

    return outcome.status === "merged"
      ? { status: "published", commit: outcome.commit }
      : outcome;
  }

  return conflictOutcome(ref.branch, ROUNDS);
}

async function readTarget(
  repository: Repository,
  head: string,
  { pointers: paths, options }: PublishWish,
): Promise<Target> {
  const { prefixes = PUBLISHED, input } = options;
  const existing = new Set<string>();
  for (const prefix of prefixes)
    for await (const { path } of listStore(repository, head, prefix))
      existing.add(path);

  const read = await inParallel(paths, 8, (path) =>
    readSmall(repository, head, path, POINTER_LIMIT),
  );

  const pointers = new Map(
    paths.map((path, index) => [path, read[index] ?? null]),
  );

  const newer = await newerPointers(repository, head, {
    pointers: paths,
    prefixes,
    input,
  });

  return { head, pointers, exists: (path) => existing.has(path), newer };
}

/** The publication stands whether or not its draft can be removed: the sweep takes what stays. */
async function endDraft(
  { api, ctx }: Repository,
  ref: DraftRef,
): Promise<void> {
  await api.deleteBranch(ref.id, true).catch((error: Error) => {
    ctx.log.warn(
      `the hidden branch ${ref.id} could not be removed (${error.message}); a later sweep removes it`,
    );
  });
}
