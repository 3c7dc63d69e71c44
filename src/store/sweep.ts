import type { Log } from "../log/log.ts";
import { isOwnedBy, type Owners } from "./draft-name.ts";
import type { DraftRef, Store } from "./store.ts";

export interface SweepOptions {
  /** Younger drafts may belong to a run that is still going on. */
  olderThanMs: number;
  /** Whose drafts. */
  of: Owners;
  /** Only say what would be removed. */
  dryRun: boolean;
  now: Date;
  log: Pick<Log, "info">;
}

/** Drafts whoever made them. */
export const ANYBODY: Owners = "anybody";

export type SweptDraft = DraftRef & { createdAt: Date };

/** Removes drafts that no run will end any more: those of jobs that were killed. Returns what was (or would be) removed. */
export async function sweepDrafts(
  store: Store,
  options: SweepOptions,
): Promise<SweptDraft[]> {
  const { olderThanMs, of, dryRun, now, log } = options;
  const swept: SweptDraft[] = [];

  for await (const draft of store.drafts()) {
    const age = now.getTime() - draft.createdAt.getTime();
    if (age < olderThanMs || !isOwnedBy(draft.owner, of)) continue;
    if (!dryRun) await store.draft(draft).discard();

    swept.push(draft);

    const verb = dryRun ? "would remove" : "removed";
    log.info(
      `${verb} the draft ${draft.id} of ${draft.owner || "an unknown run"}, made ${draft.createdAt.toISOString()}`,
    );
  }

  return swept;
}
