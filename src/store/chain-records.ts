import type { ChainedCommit } from "./commit-chain.ts";
import type { PointerChange } from "./pointer-change.ts";

/** Records that are read: each is a call of the server. */
const MOST = 50;

/** As `land` writes it: the snapshot that was landed. */
const LANDED_KEY = "model-to-edge.landed";

/** A record as a store keeps it. */
export interface RecordedChain<T extends ChainedCommit> {
  /** Null where no record is kept of it. */
  read(id: string): Promise<T | null>;
  /** When it was made, ISO 8601 in UTC. */
  madeAt(commit: T): string;
  /** The publication that a snapshot saw; null where it saw none, or is not a snapshot. */
  publicationOf(snapshot: string): string | null;
}

/**
 * The records of the publications that led to one, the newest first, those of branches that were landed among them; at
 * most 50. What is damaged in a record leads nowhere.
 */
export async function* recordsInChain<T extends ChainedCommit>(
  { read, madeAt, publicationOf }: RecordedChain<T>,
  newest: string | null,
): AsyncGenerator<PointerChange> {
  const seen = new Set<string>();
  const open: { id: string; commit: T }[] = [];

  const follow = async (id: string | null) => {
    if (id === null || seen.has(id) || seen.size >= MOST) return;

    seen.add(id);
    const commit = await read(id);
    if (commit) open.push({ id, commit });
  };

  await follow(newest);
  while (open.length > 0) {
    const dates = open.map(({ commit }) => madeAt(commit));
    const last = dates.toSorted().at(-1) ?? "";
    const [next] = open.splice(dates.indexOf(last), 1);
    if (!next) return;

    const { id, commit } = next;
    const metadata = commit.metadata ?? {};
    yield { id, metadata };

    await follow(publicationOf(String(metadata[LANDED_KEY] ?? "")));
    await follow(commit.parent);
  }
}
