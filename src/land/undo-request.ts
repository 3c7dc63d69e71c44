import { type BranchPaths, branchPaths } from "../model/layout.ts";
import type { UndoOutcome } from "../store/undo.ts";
import { changedPaths, modelOf, readState } from "./branch-state.ts";
import {
  type LandedRequest,
  type LandJob,
  REQUEST_KEY,
  UNDONE_KEY,
} from "./landing.ts";
import type { Refusal } from "./refusal.ts";

type Job = Pick<LandJob, "store" | "settings" | "target" | "gitSha" | "mode">;

/** What taking back came to: parts of a `LandedRequest`. */
export type Undone = Pick<
  LandedRequest,
  "status" | "code" | "reason" | "next" | "landed" | "paths" | "models"
>;

/**
 * Takes back the data that was landed for a merged request, where its models are still as they were landed: what
 * somebody changed since must not be lost.
 */
export async function undoRequest(job: Job, iid: number): Promise<Undone> {
  const { store, target } = job;
  const landed = await store.findCommit(target, {
    [REQUEST_KEY]: String(iid),
  });
  if (landed === null)
    return nothing(`nothing of !${iid} was landed on ${target}`);

  const before = await undoneBefore(job, iid, landed);
  if (before !== null) return before;

  const outcome = await undoLanded(job, iid, landed);

  // Another job may have taken it back since: then it is no longer as it was landed.
  return outcome.status === "refused"
    ? ((await undoneBefore(job, iid, landed)) ?? outcome)
    : outcome;
}

async function undoneBefore(
  { store, target }: Job,
  iid: number,
  landed: string,
): Promise<Undone | null> {
  const before = await store.findCommit(target, { [UNDONE_KEY]: landed });
  if (before === null) return null;

  return {
    ...nothing(`the data of !${iid} was already reverted`),
    status: "undone",
    code: "undone-before",
    landed: before,
  };
}

async function undoLanded(
  job: Job,
  iid: number,
  landed: string,
): Promise<Undone> {
  const { store, target } = job;
  const wish = {
    ...{ target, commit: landed, message: `take back !${iid}` },
    metadata: {
      [UNDONE_KEY]: landed,
      ...(job.gitSha ? { "model-to-edge.git-sha": job.gitSha } : {}),
    },
  };
  // A store without a history reports that itself: nobody can tell what the landing changed.
  const command = store.undoCommand(landed, target);
  if (command === null) return undone(job, iid, await store.undo(wish), []);

  const paths = branchPaths(job.settings.modelPath, job.settings.edgePath);
  const { changed, since } = await sinceLanding(job, landed, paths);
  if (since.length > 0) return refused(changedSince(job, iid, landed, since));

  if (job.mode === "off")
    return {
      ...nothing("landing is switched off: a person must revert it"),
      status: "off",
      code: "off",
      next: command,
    };

  const outcome = await store.undo(wish);

  return undone(job, iid, outcome, modelsOf(changed, paths));
}

/** Paths that the landing changed, and those of them that changed again. */
async function sinceLanding(
  { store, target }: Job,
  landed: string,
  paths: BranchPaths,
): Promise<{ changed: string[]; since: string[] }> {
  const [, parent] = await store.history(landed, 2);
  const stateAt = async (id?: string) =>
    readState(await store.snapshot(target, id), paths);

  const now = await stateAt();
  const then = await stateAt(landed);
  const old = parent === undefined ? new Map() : await stateAt(parent);
  const changed = changedPaths(old, then);

  return {
    changed,
    since: changed.filter(
      (path) => now.get(path)?.token !== then.get(path)?.token,
    ),
  };
}

function modelsOf(
  changed: readonly string[],
  paths: BranchPaths,
): LandedRequest["models"] {
  const names = [...new Set(changed.map((path) => modelOf(path, paths)))];
  return names.sort().map((name) => ({
    name,
    state: "removed",
    sentence: "as it was before",
    files: [],
  }));
}

function undone(
  job: Job,
  iid: number,
  outcome: UndoOutcome,
  models: LandedRequest["models"],
): Undone {
  switch (outcome.status) {
    case "undone":
      return {
        ...nothing(`the data of !${iid} was reverted`),
        status: "undone",
        code: "undone",
        landed: outcome.commit,
        models,
      };
    case "unchanged":
      return nothing(`${job.target} no longer contains anything of !${iid}`);
    default:
      return refused({
        code: `undo-${outcome.status}`,
        reason: outcome.message,
        next: outcome.hint,
        paths: [],
      });
  }
}

function changedSince(
  { store, target }: Job,
  iid: number,
  landed: string,
  paths: string[],
): Refusal {
  const command = store.undoCommand(landed, target);
  const byHand = command
    ? `or revert what still applies by hand: ${command}`
    : "or restore the old model by hand";

  return {
    code: "undo-changed",
    reason: `models of !${iid} changed on ${target} after they were landed`,
    next: `land the model that you want with a separate merge request, ${byHand}`,
    paths,
  };
}

function refused({ code, reason, next, paths }: Refusal): Undone {
  return { ...nothing(reason), status: "refused", code, next, paths };
}

function nothing(reason: string | null): Undone {
  return {
    ...{ status: "nothing", code: "nothing", reason, next: null },
    ...{ landed: null, paths: [], models: [] },
  } as Undone;
}
