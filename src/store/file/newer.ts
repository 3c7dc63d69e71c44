import type { Context } from "../../context.ts";
import { newerInChain } from "../commit-chain.ts";
import { tellingMissing } from "../missing-record.ts";
import type { Layout } from "./layout.ts";
import { readCommit } from "./publication.ts";
import { comesBefore, parseSnapshotId } from "./snapshot-id.ts";

/** Pointers whose last publication covers inputs that came after ours, by the chain of publications up to `now`. */
export function newerPointers(
  { ctx, layout }: { ctx: Pick<Context, "log">; layout: Layout },
  now: string,
  pointers: readonly string[],
  input: string | undefined,
): Promise<ReadonlySet<string>> {
  const current = parseSnapshotId(now)?.publication ?? null;

  const read = tellingMissing(ctx, new Set(), (id) => readCommit(layout, id));

  return newerInChain(read, current, {
    ...{ pointers, input, now, parse: parseSnapshotId },
    comesBefore: (older, newer) => comesBefore(layout, older, newer),
  });
}
