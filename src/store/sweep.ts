import type { Log } from "../log.ts";
import type { DraftRef, Store } from "./store.ts";

export interface SweepOptions {
  /** Younger drafts may belong to a run that is still going on. */
  olderThanMs: number;
  /** Only drafts of this owner; default: of anybody. */
  owner?: string;
  /** Only say what would be removed. */
  dryRun: boolean;
  now: Date;
  log: Pick<Log, "info">;
}

export type SweptDraft = DraftRef & { createdAt: Date };

/** Removes drafts that no run will end any more: those of jobs that were killed. Returns what was (or would be) removed. */
export async function sweepDrafts(
  store: Store,
  options: SweepOptions,
): Promise<SweptDraft[]> {
  const { olderThanMs, owner, dryRun, now, log } = options;
  const swept: SweptDraft[] = [];

  for await (const draft of store.drafts()) {
    const age = now.getTime() - draft.createdAt.getTime();
    if (age < olderThanMs || (owner !== undefined && draft.owner !== owner))
      continue;
    if (!dryRun) await store.draft(draft).discard();

    swept.push(draft);

    const verb = dryRun ? "would remove" : "removed";
    log.info(
      `${verb} the draft ${draft.id} of ${draft.owner || "an unknown run"}, made ${draft.createdAt.toISOString()}`,
    );
  }

  return swept;
}
