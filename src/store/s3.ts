import type { Environment } from "../environment/environment.ts";
import { makeNetwork } from "../network/network.ts";
import { recordsInChain } from "./chain-records.ts";
import { changesInChain, findInChain } from "./commit-chain.ts";
import { checkBranchName } from "./paths.ts";
import { createBranch, s3Branches } from "./s3/branches.ts";
import type { Bucket } from "./s3/bucket.ts";
import { transferCalls } from "./s3/calls.ts";
import { readLink } from "./s3/commit-records.ts";
import { s3Address, s3Connection } from "./s3/connection.ts";
import { s3Draft, s3Drafts } from "./s3/draft.ts";
import { readIndex } from "./s3/index-file.ts";
import { keptInDraft } from "./s3/kept.ts";
import { noCommits } from "./s3/known-commits.ts";
import { landBranch } from "./s3/land.ts";
import { LANDING_TIMES, type LandingTimes } from "./s3/landing-times.ts";
import { lookInto } from "./s3/listing.ts";
import { openNamed, openSnapshot } from "./s3/open-snapshot.ts";
import { probeConditions } from "./s3/probe.ts";
import { comesBefore } from "./s3/publish.ts";
import { deleteBranch } from "./s3/remove-branch.ts";
import { sweepContent } from "./s3/sweep-content.ts";
import { SWEEP_TIMES, type SweepTimes } from "./s3/sweep-times.ts";
import { told } from "./s3/told.ts";
import { parseSnapshotId, viewOf } from "./s3/view.ts";
import type { Store } from "./store.ts";
import type { StoreContext, StoreOptions } from "./store-options.ts";
import type { StoreUrl } from "./store-url.ts";
import { type Timing, timingOf } from "./transfer/timing.ts";

type S3Url = Extract<StoreUrl, { kind: "s3" }>;

/** Folders of a branch where no setting names others. */
const TOPS = ["model", "edge", "evidence"];

/**
 * A prefix of a bucket: branches are prefixes, and `edge/` and `evidence/` are what the branch's index names, which one
 * conditional write changes.
 */
export async function s3Store(
  ctx: StoreContext,
  { url, bucket: name, prefix }: S3Url,
  options: StoreOptions,
  times: Timing & SweepTimes & LandingTimes = {
    ...timingOf(options),
    ...SWEEP_TIMES,
    ...LANDING_TIMES,
  },
): Promise<Store> {
  const bucket = {
    ...(await openBucket(ctx, { url, name, prefix }, options)),
    ...{ timing: times, sweepTimes: times, landingTimes: times },
  };
  const telling = <T>(work: () => Promise<T>) => told(bucket, work);

  return {
    url,
    verify: ({ transfers = false } = {}) =>
      telling(async () => {
        await lookInto(bucket);
        if (transfers) await probeConditions(bucket);
      }),
    async head(branch) {
      checkBranchName(branch);
      return telling(async () => (await viewOf(bucket, branch))?.id ?? null);
    },
    pending: async () => ({ inputs: 0, elsewhere: 0 }),
    async createBranch(branch, from) {
      checkBranchName(branch);
      checkBranchName(from);
      await telling(() => createBranch(bucket, branch, from));
    },
    branches: () => toldEach(bucket, s3Branches(bucket)),
    async deleteBranch(branch, at) {
      checkBranchName(branch);
      return telling(() => deleteBranch(bucket, branch, at));
    },
    async snapshot(branch, at) {
      checkBranchName(branch);
      return telling(() => openSnapshot(bucket, branch, at));
    },
    named: (ref) => telling(() => openNamed(bucket, ref)),
    draft: (ref) => s3Draft(bucket, ref),
    drafts: () => s3Drafts(bucket),
    kept: ({ id }) => telling(() => keptInDraft(bucket, id)),
    sweepContent: (wish) => telling(() => sweepContent(bucket, wish)),
    isAncestor: (older, newer) =>
      telling(() => comesBefore(bucket, older, newer)),
    base: async () => null,
    history: async (snapshot) => [snapshot],
    changesOf: (snapshot, pointer, limit) =>
      telling(() =>
        changesInChain(readLink(bucket), publicationOf(snapshot), {
          pointer,
          limit,
        }),
      ),
    records: (at) =>
      toldEach(
        bucket,
        recordsInChain(
          {
            read: readLink(bucket),
            madeAt: ({ madeAt }) => String(madeAt),
            publicationOf,
          },
          publicationOf(at),
        ),
      ),
    land: (wish) => telling(() => landBranch(bucket, wish)),
    undo: async () => ({
      status: "impossible",
      message:
        "an S3 store keeps no history of model/, so a landing cannot be reverted",
      hint: "put the old model into model/ and land it with a separate merge request",
    }),
    undoCommand: () => null,
    findCommit: (branch, metadata) =>
      telling(async () =>
        findInChain(
          readLink(bucket),
          (await readIndex(bucket, branch))?.id ?? null,
          metadata,
        ),
      ),
    link: () => null,
    mergeCommand: () => null,
    placeAt: (snapshot) =>
      parseSnapshotId(snapshot)?.publication ? `${url}/${snapshot}` : null,
    word: async () => null,
    close: async () => bucket.transfers.close(),
  };
}

function publicationOf(snapshot: string): string | null {
  return parseSnapshotId(snapshot)?.publication ?? null;
}

async function openBucket(
  ctx: StoreContext,
  { url, name, prefix }: { url: string; name: string; prefix: string },
  options: StoreOptions,
): Promise<Omit<Bucket, "timing" | "sweepTimes" | "landingTimes">> {
  const { environment } = ctx;
  const address = s3Address(environment);
  const client = await s3Connection(address, makeNetwork(environment.network));
  const at = { client, bucket: name, shown: address.shown };
  const folders = [...TOPS, ...(options.paths ?? foldersNamed(environment))];

  return {
    ...{ url, at, prefix, ctx, known: noCommits() },
    tops: [...new Set(folders.map((folder) => `${folder}/`))],
    singleWriter: environment.option("single-writer") === "true",
    transfers: transferCalls(at),
  };
}

/** By the variables that templates set; the evidence lies beside what is published. */
function foldersNamed({ option }: Pick<Environment, "option">): string[] {
  const [model, edge] = [option("model-path"), option("edge-path")];
  const beside = edge?.slice(0, edge.lastIndexOf("/") + 1);

  return [
    model,
    edge,
    beside === undefined ? null : `${beside}evidence`,
  ].filter((folder) => folder !== null);
}

async function* toldEach<T>(
  bucket: Bucket,
  items: AsyncGenerator<T>,
): AsyncGenerator<T> {
  for (;;) {
    const { done, value } = await told(bucket, () => items.next());
    if (done) return;
    yield value;
  }
}
