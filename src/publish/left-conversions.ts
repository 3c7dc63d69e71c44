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
import { AppError } from "../errors.ts";
import { attestationPath, branchPaths, placesOf } from "../model/layout.ts";
import {
  type Manifest,
  type PublishedManifest,
  readPublished,
} from "../model/manifest.ts";
import type { Plan, PlannedModel } from "../plan/plan.ts";
import { hasReferencesFor } from "../plan/recheck.ts";
import type { DraftRef, PublishOptions, Store } from "../store/store.ts";
import { tokensBelow } from "../store/tokens-by-path.ts";
import { errorPage } from "../text/docs-address.ts";
import { commitMessage, commitMetadata } from "./commit-text.ts";
import { pointerFiles } from "./compose-change.ts";
import { type LeftDraft, listLeftDrafts } from "./left-drafts.ts";
import { makeManifest } from "./make-manifest.ts";
import { signManifest } from "./sign-manifest.ts";

export interface LeftRequest {
  plan: Plan;
  trust: Trust;
  settings: Pick<Settings, "storeUser">;
  /** Several jobs share the draft, which an earlier try of this one may have written to, too. */
  isFleet?: boolean;
}

/**
 * What lost jobs of the same project converted, and the way to leave this job's own conversions to a later one. Null
 * where nothing may be published, or nobody could vouch for what lies in a draft; where a fleet's draft must be told what
 * is published, that alone is done then.
 */
export function leftConversions(
  ctx: Pick<Context, "log" | "signal">,
  store: Store,
  request: LeftRequest,
): LeftConversions | null {
  const { plan, trust, isFleet = false } = request;
  if (!plan.draft) return null;

  const draft = store.draft(plan.draft, { isShared: isFleet });
  const { keepsAll = false } = draft;
  const vouches = canVouch(trust);
  const mustKeep = isFleet && keepsAll;
  if (!vouches && !mustKeep) return null;

  const keep: LeftConversions["keep"] = async (conversion, verdict) => {
    const manifest = makeManifest(conversion, verdict);
    const write = vouches
      ? pointerFiles(await signManifest(plan, manifest, trust.signer))
      : new Map<string, Uint8Array>();
    const change = { keep: manifest.files, write, remove: [] };
    await draft.keep(change, optionsOf(plan, manifest));
  };
  let last: Promise<unknown> = Promise.resolve();

  return {
    find: vouches
      ? finder(ctx, store, { ...request, own: plan.draft })
      : async () => null,
    keep: mustKeep
      ? keep
      : async (...kept) => {
          const [{ name }] = kept;
          await harmless(
            ctx,
            `${name}: if this job is lost, a later one converts it again`,
            () => keep(...kept),
          );
        },
    alone(work) {
      if (!keepsAll) return work();

      const next = last.then(work);
      last = next.catch(() => undefined);
      return next;
    },
  };
}

/** Whether a later job can take over what this one stages in its draft. */
export function staysFindable(
  { draft }: Pick<Plan, "draft">,
  trust: Trust,
): boolean {
  return draft !== null && canVouch(trust);
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
): LeftConversions["find"] {
  let listed: Promise<LeftDraft[]> | null = null;
  let asked: Promise<Witnesses> | null = null;
  const paths = branchPaths(plan.store.model_path, plan.store.edge_path);

  const fits = async (
    model: PlannedModel,
    { snapshot, id }: LeftDraft,
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

  return (model) =>
    harmless(ctx, "what lost jobs converted is not looked for", async () => {
      listed ??= listLeftDrafts(store, plan, { own, isFleet });
      for (const candidate of await listed) {
        const found = await fits(model, candidate);
        if (found) return found;
      }
      return null;
    });
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
