import type { Plan } from "../plan/plan.ts";
import { isOwnedBy, type Owners, wholeDrafts } from "../store/draft-name.ts";
import type { DraftRef, Snapshot, Store } from "../store/store.ts";

/** Drafts that are looked into, the newest first: more than that many lost jobs a day are another problem. */
const LOOK_BACK = 8;

export interface LeftDraft {
  id: string;
  snapshot: Snapshot;
}

/** Drafts of the same project that keep anything, the newest first; a fleet's own is one of them. */
export async function listLeftDrafts(
  store: Store,
  { source }: Plan,
  { own, isFleet = false }: { own: DraftRef; isFleet: boolean | undefined },
): Promise<LeftDraft[]> {
  const of: Owners =
    source.project === null
      ? { owner: own.owner }
      : { project: source.project };
  const drafts: (DraftRef & { createdAt: Date })[] = [];
  for await (const draft of store.drafts())
    if ((isFleet || draft.id !== own.id) && isOwnedBy(draft.owner, of))
      drafts.push(draft);

  const newest = wholeDrafts(drafts)
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
    .slice(0, LOOK_BACK);

  const opened = await Promise.all(
    newest.map(async (draft) => ({
      id: draft.id,
      snapshot: await store.kept(draft),
    })),
  );

  return opened.flatMap(({ id, snapshot }) =>
    snapshot ? [{ id, snapshot }] : [],
  );
}
