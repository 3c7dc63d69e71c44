import { newerInChain } from "../commit-chain.ts";
import type { Layout } from "./layout.ts";
import { readCommit } from "./publication.ts";
import { comesBefore, parseSnapshotId } from "./snapshot-id.ts";

/** Pointers whose last publication covers inputs that came after ours, by the chain of publications up to `now`. */
export function newerPointers(
  layout: Layout,
  now: string,
  pointers: readonly string[],
  input: string | undefined,
): Promise<ReadonlySet<string>> {
  const current = parseSnapshotId(now)?.publication ?? null;

  return newerInChain((id) => readCommit(layout, id), current, {
    ...{ pointers, input, now, parse: parseSnapshotId },
    comesBefore: (older, newer) => comesBefore(layout, older, newer),
  });
}
