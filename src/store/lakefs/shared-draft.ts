import { randomBytes } from "node:crypto";
import { ExternalError, UsageError } from "../../errors.ts";
import { nameJobDraft } from "../draft-name.ts";
import type { Draft, DraftRef, PublishOptions } from "../store.ts";
import { discardShared } from "./discard-draft.ts";
import { refuseOtherName } from "./draft.ts";
import { openDraft } from "./draft-branch.ts";
import { keepInDraft } from "./keep-draft.ts";
import { type MergeOutcome, mergeCommit } from "./merge.ts";
import { goneOutcome } from "./outcomes.ts";
import { publishDraft } from "./publish.ts";
import { branchGone, putInDraft } from "./put-in-draft.ts";
import { rehearseDraft } from "./rehearse.ts";
import { type Repository, toldToPeople } from "./repository.ts";

/** The hidden branches that this process fills, by the id of the shared draft. */
export type JobDrafts = Map<string, DraftRef>;

/**
 * A draft that several jobs fill at once. A commit takes in all that lies uncommitted in a branch: so each job has a
 * hidden branch of its own, and each commit of it becomes part of the shared one by a merge. Nobody puts into the shared
 * one, as lakeFS merges into no branch with uncommitted objects.
 */
export function lakefsSharedDraft(
  repository: Repository,
  ref: DraftRef,
  jobs: JobDrafts,
): Draft {
  refuseOtherName(ref);

  const own = async () => {
    const known = jobs.get(ref.id);
    if (known) return known;

    if ((await openDraft(repository, ref)) === null)
      throw branchGone(ref.branch);
    const job = nameJobDraft(ref, randomBytes(6).toString("hex"));
    jobs.set(ref.id, job);

    return job;
  };
  const told = <T>(work: () => Promise<T>) => toldToPeople(repository, work);

  /** What failed may lie in the job's branch: the next model gets another one. */
  const filling = <T>(work: (job: DraftRef) => Promise<T>) =>
    told(async () => {
      try {
        return await work(await own());
      } catch (error) {
        jobs.delete(ref.id);
        throw error;
      }
    });

  return {
    put: (folder, files, prefix, { progress } = {}) =>
      filling((job) =>
        putInDraft(repository, job, { folder, files, prefix, progress }),
      ),
    keepsAll: true,
    keep: (change, options) =>
      filling(async (job) => {
        const commit = await keepInDraft(repository, job, { change, options });
        await share(repository, ref, { commit, options });
      }),
    publish: (pointers, compose, options) =>
      told(() =>
        publishDraft(repository, ref, {
          ...{ pointers, compose, options },
          shared: true,
        }),
      ),
    rehearse: () => told(() => rehearseDraft(repository, ref)),
    discard: () => told(() => discardShared(repository, ref)),
  };
}

interface Kept {
  /** Of the job's branch; null where that is gone. */
  commit: string | null;
  options: PublishOptions;
}

/** Makes a job's commit part of the shared draft. Where another run of the job kept the same model, the later one counts. */
async function share(
  repository: Repository,
  { id }: DraftRef,
  { commit, options: { message, metadata } }: Kept,
): Promise<void> {
  const outcome: MergeOutcome =
    commit === null
      ? goneOutcome(id)
      : await mergeCommit(repository, {
          ...{ commit, target: id, text: { message, metadata } },
          strategy: "source-wins",
        });
  if ("commit" in outcome) return;

  if (outcome.status === "protected")
    throw new UsageError(outcome.message, {
      code: "protected",
      hint: outcome.hint,
    });

  throw new ExternalError(
    `what was converted cannot become part of the draft ${id}: ${REASONS[outcome.status]}`,
    {
      code: "draft-lost",
      hint: "run the pipeline again; a sweep may have removed the draft, or someone wrote to the hidden branch",
    },
  );
}

const REASONS = {
  gone: "it is gone",
  dirty: "it has objects that are not committed",
  conflict: "it has other changes of the same files",
};
