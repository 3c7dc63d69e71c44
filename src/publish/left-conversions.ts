import { authorOf, type Witnesses } from "../attest/author.ts";
import type { AnySigner } from "../attest/keys.ts";
import type { Trust } from "../attest/trust.ts";
import { witnessesOf } from "../attest/witnesses.ts";
import type { Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import type {
  LeftConversion,
  LeftConversions,
} from "../convert/convert-step.ts";
import { errorPage } from "../docs-address.ts";
import { AppError } from "../errors.ts";
import { attestationPath, branchPaths, placesOf } from "../model/layout.ts";
import {
  type Manifest,
  type PublishedManifest,
  readPublished,
} from "../model/manifest.ts";
import type { Plan, PlannedModel } from "../plan/plan.ts";
import { hasReferencesFor } from "../plan/recheck.ts";
import { isOwnedBy, type Owners } from "../store/draft-name.ts";
import type {
  Draft,
  DraftRef,
  PublishOptions,
  Snapshot,
  Store,
} from "../store/store.ts";
import { commitMessage, commitMetadata } from "./commit-text.ts";
import { pointerFiles } from "./compose-change.ts";
import { makeManifest } from "./make-manifest.ts";
import { signManifest } from "./sign-manifest.ts";

/** Drafts that are looked into, the newest first: more than that many lost jobs a day are another problem. */
const LOOK_BACK = 8;

export interface LeftRequest {
  plan: Plan;
  trust: Trust;
  settings: Pick<Settings, "storeUser">;
  /** Several jobs share the draft, which an earlier try of this one may have written to, too. */
  isFleet?: boolean;
}

/**
 * What lost jobs of the same project converted, and the way to leave this job's own conversions to a later one. Null
 * where nothing may be published, nobody could vouch for what lies in a draft, or the jobs of a fleet share one that only
 * one job can keep in.
 */
export function leftConversions(
  ctx: Pick<Context, "log" | "signal">,
  store: Store,
  request: LeftRequest,
): LeftConversions | null {
  const { plan, trust } = request;
  const draft = plan.draft && store.draft(plan.draft);
  if (!plan.draft || !draft || !isKeptBy(draft, request)) return null;

  const { find } = finder(ctx, store, { ...request, own: plan.draft });
  let last: Promise<unknown> = Promise.resolve();

  return {
    find,
    keep: async (conversion, verdict) => {
      await harmless(ctx, "a later job cannot take it over", async () => {
        const manifest = makeManifest(conversion, verdict);
        const placed = await signManifest(plan, manifest, trust.signer);
        await draft.keep(
          { keep: manifest.files, write: pointerFiles(placed), remove: [] },
          optionsOf(plan, manifest),
        );
      });
    },
    alone(work) {
      if (!draft.keepsAll) return work();

      const next = last.then(work);
      last = next.catch(() => undefined);
      return next;
    },
  };
}

/** Whether a later job can take over what this one stages in its draft. */
export function staysFindable(
  store: Pick<Store, "draft">,
  request: Pick<LeftRequest, "plan" | "trust" | "isFleet">,
): boolean {
  const { draft } = request.plan;
  return draft !== null && isKeptBy(store.draft(draft), request);
}

function isKeptBy(
  { keepsAll }: Pick<Draft, "keepsAll">,
  { trust, isFleet = false }: Pick<LeftRequest, "trust" | "isFleet">,
): boolean {
  return canVouch(trust) && !(isFleet && keepsAll);
}

/**
 * Without a key the store's server says who committed it, or, as of what is published, nobody does; a signature without a
 * key would be made twice.
 */
function canVouch({ keys, signer }: Trust): boolean {
  return keys.length === 0 || (signer !== null && isOwnKey(signer));
}

function isOwnKey(signer: AnySigner): boolean {
  return "privateKey" in signer;
}

function optionsOf(plan: Plan, manifest: Manifest): PublishOptions {
  const paths = branchPaths(plan.store.model_path, plan.store.edge_path);
  return {
    input: plan.store.snapshot,
    prefixes: [`${paths.edge}/`, `${paths.evidence}/`],
    message: commitMessage([manifest], []),
    metadata: commitMetadata(plan),
  };
}

/** Looks into the drafts of the project, which are listed once. */
function finder(
  ctx: Pick<Context, "log" | "signal">,
  store: Store,
  { plan, trust, settings, own, isFleet }: LeftRequest & { own: DraftRef },
): Pick<LeftConversions, "find"> {
  let listed: Promise<Candidate[]> | null = null;
  let asked: Promise<Witnesses> | null = null;
  const paths = branchPaths(plan.store.model_path, plan.store.edge_path);

  const fits = async (
    model: PlannedModel,
    { snapshot, id }: Candidate,
  ): Promise<LeftConversion | null> => {
    const places = placesOf(model.name, paths);
    const published = await readPublished(snapshot, places.manifest);
    if (!published || !isSameWork(model, published)) return null;

    const tokens = await tokensBelow(snapshot, [places.edge, places.evidence]);
    const { files } = published.manifest;
    if (!files.every(({ path, token }) => tokens.get(path) === token))
      return null;
    if (!(await hasReferencesFor(model, snapshot, paths))) return null;

    asked ??= witnessesOf(store, settings.storeUser, trust.keys);
    const isSigned = tokens.has(attestationPath(places.manifest));
    const author = await authorOf(snapshot, published, await asked, isSigned);

    return author.counts
      ? { manifest: published.manifest, snapshot, draft: id }
      : null;
  };

  return {
    find: (model) =>
      harmless(ctx, "the drafts of earlier jobs are not used", async () => {
        listed ??= listDrafts(store, plan, { own, isFleet });
        for (const candidate of await listed) {
          const found = await fits(model, candidate);
          if (found) return found;
        }
        return null;
      }),
  };
}

interface Candidate {
  id: string;
  snapshot: Snapshot;
}

async function listDrafts(
  store: Store,
  { source }: Plan,
  { own, isFleet = false }: { own: DraftRef; isFleet: boolean | undefined },
): Promise<Candidate[]> {
  const of: Owners =
    source.project === null
      ? { owner: own.owner }
      : { project: source.project };
  const drafts: (DraftRef & { createdAt: Date })[] = [];
  for await (const draft of store.drafts())
    if ((isFleet || draft.id !== own.id) && isOwnedBy(draft.owner, of))
      drafts.push(draft);

  const newest = drafts
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

/** Equal files, options and engine make equal bytes. */
function isSameWork(
  { name, fingerprint }: PlannedModel,
  { manifest }: PublishedManifest,
): boolean {
  return (
    manifest.name === name &&
    manifest.fingerprint.spec === fingerprint?.spec &&
    manifest.fingerprint.exec === fingerprint.exec
  );
}

async function tokensBelow(
  snapshot: Snapshot,
  prefixes: readonly string[],
): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  for (const prefix of prefixes)
    for await (const { path, token } of snapshot.list(prefix))
      tokens.set(path, token);
  return tokens;
}

/** Both are a saving: where it fails, the job goes on without. A draft in which somebody else wrote is never published. */
async function harmless<T>(
  { log, signal }: Pick<Context, "log" | "signal">,
  what: string,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error;
    if (error.code === "draft-lost") throw error;
    log.warn(`${what}: ${error.message}`, errorPage(error.code));
    return null;
  }
}
