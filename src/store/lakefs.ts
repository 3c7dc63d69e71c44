import { makeNetwork } from "../network/network.ts";
import { shellQuote } from "../text/shell-quote.ts";
import { DRAFT_PREFIX, readDraftName } from "./draft-name.ts";
import { publicationUnknown } from "./gone-publication.ts";
import { lakefsActions } from "./lakefs/actions.ts";
import { lakefsApi } from "./lakefs/api.ts";
import { pointerChanges } from "./lakefs/changes.ts";
import { cleanEndpoint, readCredentials } from "./lakefs/credentials.ts";
import { lakefsDraft } from "./lakefs/draft.ts";
import { deleteBranchAt, findCommit, landCommit } from "./lakefs/land.ts";
import { branchMissing } from "./lakefs/missing.ts";
import { isAncestorOf } from "./lakefs/newer.ts";
import { openLogin } from "./lakefs/open-login.ts";
import { countPending } from "./lakefs/pending.ts";
import { type Repository, toldToPeople } from "./lakefs/repository.ts";
import { makeSender } from "./lakefs/request.ts";
import type { GatewayS3, S3Connection } from "./lakefs/s3-client.ts";
import { type JobDrafts, lakefsSharedDraft } from "./lakefs/shared-draft.ts";
import { lakefsSnapshot } from "./lakefs/snapshot.ts";
import { undoCommit } from "./lakefs/undo.ts";
import { wordOf } from "./lakefs/word.ts";
import { checkBranchName } from "./paths.ts";
import { snapshotGone } from "./refusals.ts";
import type { BranchFacts, DraftRef, Snapshot, Store } from "./store.ts";
import type { StoreContext, StoreOptions } from "./store-options.ts";
import { type Timing, timingOf } from "./transfer/timing.ts";

/** Commits that one call reads. */
const RECORDS = 200;

/** A repository of a lakeFS server. Throws `UsageError` where address or credentials are missing. */
export async function lakefsStore(
  ctx: StoreContext,
  name: string,
  options: StoreOptions,
  timing: Timing = timingOf(options),
): Promise<Store> {
  const credentials = await readCredentials(ctx);
  const network = makeNetwork(ctx.environment.network);
  const login = openLogin(ctx, { credentials, timing, network });
  const { send, sendForBytes } = makeSender(ctx, login, timing);
  const { s3, close } = lazyS3({
    login,
    endpoint: s3EndpointOf(ctx, options, credentials.endpoint),
    repository: name,
    timing,
    network,
  });
  const api = lakefsApi(send, sendForBytes, name);
  const repository: Repository = {
    name,
    endpoint: credentials.endpoint,
    api,
    s3,
    timing,
    ctx,
  };

  const jobs: JobDrafts = new Map();
  const told = <T>(work: () => Promise<T>) => toldToPeople(repository, work);
  const pages = (options.webUrl ?? credentials.endpoint).replace(/\/+$/, "");

  return {
    url: `lakefs://${name}`,
    verify: ({ transfers = false } = {}) =>
      told(async () => {
        await api.getRepository();
        if (transfers)
          await (await s3()).probe(
            AbortSignal.any([ctx.signal, AbortSignal.timeout(timing.idleMs)]),
          );
      }),
    async head(branch) {
      checkBranchName(branch);
      return told(() => api.getBranch(branch));
    },
    pending: (branch, prefix) => told(() => countPending(api, branch, prefix)),
    async createBranch(branch, from) {
      checkBranchName(branch);
      await told(async () => {
        if ((await api.getBranch(from)) === null)
          throw await branchMissing(api, from);
        await api.createBranch(branch, from, false);
      });
    },
    branches: () => listBranches(repository),
    async deleteBranch(branch, at) {
      checkBranchName(branch);
      return told(() => deleteBranchAt(repository, branch, at));
    },
    async snapshot(branch, at) {
      checkBranchName(branch);
      return told(() => openSnapshot(repository, branch, at));
    },
    async named(ref) {
      checkBranchName(ref);
      return told(() => openNamed(repository, ref));
    },
    draft: (ref, { isShared } = { isShared: false }) =>
      isShared
        ? lakefsSharedDraft(repository, ref, jobs)
        : lakefsDraft(repository, ref),
    drafts: () => listDrafts(repository),
    kept: ({ base }) => told(() => openNamed(repository, base)),
    isAncestor: (older, newer) => told(() => isAncestorOf(api, older, newer)),
    base: (left, right) => told(() => api.findMergeBase(left, right)),
    history: async (snapshot, limit) =>
      (await told(() => api.logCommits(snapshot, limit))).map(({ id }) => id),
    changesOf: (snapshot, pointer, limit) =>
      told(() => pointerChanges(api, snapshot, { pointer, limit })),
    async *records(at) {
      yield* await told(() => api.logMerged(at, RECORDS));
    },
    land: (wish) => told(() => landCommit(repository, wish)),
    undo: (wish) => told(() => undoCommit(repository, wish)),
    undoCommand: (commit, branch) =>
      `lakectl branch revert ${shellQuote(`lakefs://${name}/${branch}`)} ${commit} --parent-number 1`,
    findCommit: (branch, metadata) =>
      told(() => findCommit(api, branch, metadata)),
    link(snapshot, path) {
      const page = path === "" || path.endsWith("/") ? "objects" : "object";
      return `${pages}/repositories/${name}/${page}?${new URLSearchParams({ ref: snapshot, path })}`;
    },
    mergeCommand(from, into, ours) {
      const refs = [from, into]
        .map((ref) => shellQuote(`lakefs://${name}/${ref}`))
        .join(" ");
      return `lakectl merge ${refs}${ours ? " --strategy dest-wins" : ""}`;
    },
    placeAt: (snapshot) => `lakefs://${name}/${snapshot}`,
    word: () => told(() => wordOf(repository)),
    actions: lakefsActions(repository),
    close,
  };
}

/** The S3 client, loaded and made with the first transfer. */
function lazyS3(connection: S3Connection) {
  let made: Promise<GatewayS3> | null = null;
  return {
    s3: () => {
      made ??= import("./lakefs/s3-client.ts").then(({ makeS3 }) =>
        makeS3(connection),
      );
      return made;
    },
    close: async () => (await made)?.close(),
  };
}

function s3EndpointOf(
  { environment }: Pick<StoreContext, "environment">,
  { s3Endpoint }: StoreOptions,
  endpoint: string,
): string {
  const own = s3Endpoint ?? environment.option("s3-endpoint");
  return own === null ? endpoint : cleanEndpoint(own, "s3-endpoint");
}

async function openSnapshot(
  repository: Repository,
  branch: string,
  at?: string,
): Promise<Snapshot> {
  const { api } = repository;
  if (at === undefined) {
    const head = await api.getBranch(branch);
    if (head === null) throw await branchMissing(api, branch);
    return lakefsSnapshot(repository, head);
  }

  const commit = await api.getCommit(at);
  if (commit) return lakefsSnapshot(repository, commit.id);

  throw snapshotGone(`commit ${at} is not in the store`);
}

async function openNamed(
  repository: Repository,
  ref: string,
): Promise<Snapshot> {
  const { api } = repository;
  const head = await api.getBranch(ref);
  if (head !== null) return lakefsSnapshot(repository, head);

  const commit = await api.getCommit(ref);
  if (commit === null)
    throw /^[0-9a-f]{64}$/.test(ref)
      ? publicationUnknown(ref)
      : await branchMissing(api, ref);

  return { ...lakefsSnapshot(repository, commit.id), isCommit: true };
}

async function* listDrafts(
  repository: Repository,
): AsyncGenerator<DraftRef & { createdAt: Date }> {
  const found = await toldToPeople(repository, async () => {
    const drafts: (DraftRef & { createdAt: Date })[] = [];
    for await (const { id, commit_id } of repository.api.listBranches(
      DRAFT_PREFIX,
    )) {
      const facts = readDraftName(id);
      if (facts) drafts.push({ id, base: commit_id, ...facts });
    }

    return drafts;
  });
  yield* found;
}

async function* listBranches(
  repository: Repository,
): AsyncGenerator<BranchFacts> {
  const { api } = repository;
  const heads: { id: string; commit_id: string }[] = [];
  await toldToPeople(repository, async () => {
    for await (const branch of api.listBranches(""))
      if (!readDraftName(branch.id)) heads.push(branch);
  });

  for (const { id, commit_id } of heads) {
    const commit = await toldToPeople(repository, () =>
      api.getCommit(commit_id),
    );
    if (commit)
      yield { name: id, head: commit_id, changedAt: commit.createdAt };
  }
}
