import { newerInChain } from "../commit-chain.ts";
import type { Layout } from "./layout.ts";
import { readCommit } from "./publication.ts";
import { comesBefore, parseSnapshotId } from "./snapshot-id.ts";

/** Pointers whose last publication covers inputs that came after ours, by the chain of publications. */
export function newerPointers(
  layout: Layout,
  current: string | null,
  pointers: readonly string[],
  input: string | undefined,
): Promise<ReadonlySet<string>> {
  return newerInChain((id) => readCommit(layout, id), current, {
    ...{ pointers, input, publicationOf: parseSnapshotId },
    comesBefore: (older, newer) => comesBefore(layout, older, newer),
  });
}
