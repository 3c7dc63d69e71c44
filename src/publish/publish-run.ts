import { forgedFailure } from "../attest/forged-failure.ts";
import type { Trust } from "../attest/trust.ts";
import type { Context } from "../context.ts";
import type { ConvertedModel } from "../convert/convert-model.ts";
import { ownWork } from "../disk/work-folder.ts";
import { AppError, type Failure, toFailure } from "../errors.ts";
import { branchPaths, placesOf } from "../model/layout.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Plan } from "../plan/plan.ts";
import type { PublishOutcome, Store } from "../store/store.ts";
import { errorPage } from "../text/docs-address.ts";
import { someNames } from "../text/some-names.ts";
import { sayingWhatStands } from "../what-stands.ts";
import { commitMessage, commitMetadata } from "./commit-text.ts";
import { composeChange, type Placed } from "./compose-change.ts";
import { discardDraft, endDraft } from "./end-draft.ts";
import { type FetchWish, fetchCommands } from "./fetch-commands.ts";
import { forgedObjects } from "./kept-objects.ts";
import { makeManifest } from "./make-manifest.ts";
import type { Publication } from "./publication.ts";
import { signManifest } from "./sign-manifest.ts";
import { staysForRetry } from "./stays-for-retry.ts";
import { withheldReason } from "./withheld.ts";

export interface PublishRequest {
  plan: Plan;
  models: readonly ConvertedModel[];
  /** Whose signatures count, and who signs; without a signer nothing is signed. */
  trust: Trust;
  /** Absolute path of `--out`. */
  out: string;
  settings: FetchWish["settings"];
  /**
   * Other jobs staged the files: they are hashed where they lie, and they stay in the draft where publishing them may
   * end well another time.
   */
  isFleet?: boolean;
  /** A later job finds in the draft what was converted: then it stays where a retry may end well. */
  isKept?: boolean;
}

/** Makes the draft `edge/` in one atomic step, or says why not. The draft is gone afterwards, but for `isFleet`. */
export async function publishRun(
  ctx: Pick<Context, "log" | "signal">,
  store: Store,
  request: PublishRequest,
): Promise<Publication> {
  const { plan, models, trust, out, settings, isFleet = false } = request;
  if (plan.publish === "none")
    return publication("none", { reason: "publish is none" });
  if (plan.skipped !== null)
    return publication("none", { reason: plan.skipped });

  const reason = withheldReason(plan, models);
  const draft = plan.draft && store.draft(plan.draft, { isShared: isFleet });

  if (reason !== null || !draft) {
    ctx.log.info(`nothing is published: ${reason}`);
    await endDraft(ctx, draft, staysForRetry(request, null));
    return publication("withheld", { reason });
  }

  const paths = branchPaths(plan.store.model_path, plan.store.edge_path);
  const manifests = newManifests(models);

  const told = (commit: string, isSigned: boolean): Partial<Publication> => ({
    signed: isSigned,
    commit,
    url: store.link(commit, `${paths.edge}/`),
    ...fetchCommands({
      place: store.placeAt(commit),
      models: models
        .filter(({ conversion }) => conversion.ships)
        .map(({ conversion }) => conversion.name),
      isSigned,
      hasKey: trust.keys.length > 0,
      settings,
    }),
  });

  const gone = plan.gone.map((manifest) => ({
    manifest,
    places: placesOf(manifest.name, paths),
  }));

  if (manifests.length === 0 && gone.length === 0) {
    await discardDraft(ctx, draft);
    ctx.log.info("nothing new to publish");

    const { snapshot } = plan.store;
    return publication("unchanged", told(snapshot, trust.keys.length > 0));
  }

  let staysThere = isFleet;
  let code: string | null = null;
  const failed = (failure: Failure) => {
    staysThere ||= staysForRetry(request, failure);
    code = failure.code;
    return refused(ctx, failure);
  };

  try {
    const signed = await signAll(plan, manifests, trust);
    const newer: string[] = [];
    const outdated: string[] = [];
    const compose = composeChange({
      ...{ manifests: signed, gone },
      overtaken: (names) => void newer.splice(0, newer.length, ...names),
      outdated: (names) => void outdated.splice(0, outdated.length, ...names),
    });
    const pointers = [...signed, ...gone].map(({ places }) => places.manifest);
    const kept = ownWork(out, "kept");
    const forged = await forgedObjects(store, plan, signed, kept);
    if (forged.length > 0)
      return refused(ctx, forgedFailure("not published", forged));

    const outcome = await sayingWhatStands(
      () =>
        `the publication on branch ${plan.store.branch} had begun, and may be there: run it again, and it finds out`,
      () =>
        draft.publish(pointers, compose, {
          input: plan.store.snapshot,
          prefixes: [`${paths.edge}/`, `${paths.evidence}/`],
          inputsBelow: `${paths.model}/`,
          readBack: isFleet,
          message: commitMessage(
            manifests,
            gone.map(({ manifest }) => manifest),
          ),
          metadata: commitMetadata(plan, models),
        }),
    );

    if (!("commit" in outcome)) return failed(obstacleOf(outcome));
    staysThere = false;

    ctx.log.info(
      `${outcome.status} on branch ${plan.store.branch}: commit ${outcome.commit}`,
    );

    sayOvertaken(ctx, newer);

    const isSigned = manifests.length === 0 || trust.signer !== null;

    return publication(outcome.status, {
      ...told(outcome.commit, isSigned),
      models: manifests.map(({ name }) => name),
      removed: gone.map(({ manifest }) => manifest.name),
      ...toldOf(outdated),
    });
  } catch (error) {
    if (!(error instanceof AppError) || ctx.signal.aborted) throw error;
    // The verdicts stand, and are told: only their publication failed.
    return failed(toFailure(error));
  } finally {
    await endDraft(ctx, draft, staysThere, code);
  }
}

function toldOf(outdated: string[]): Pick<Publication, "outdated"> {
  return outdated.length > 0 ? { outdated } : {};
}

function sayOvertaken({ log }: Pick<Context, "log">, names: readonly string[]) {
  if (names.length > 0)
    log.info(
      `${someNames(names)}: what is published stays: it is of newer inputs than this run`,
    );
}

/** Of the models that were checked now, and may ship. */
function newManifests(models: readonly ConvertedModel[]): Manifest[] {
  return models
    .filter(
      ({ conversion }) =>
        ["converted", "rechecked"].includes(conversion.status) &&
        conversion.ships,
    )
    .flatMap(({ conversion, verdict }) =>
      verdict ? [makeManifest(conversion, verdict)] : [],
    );
}

/** One after the other: keyless, each asks a server. */
async function signAll(
  plan: Plan,
  manifests: readonly Manifest[],
  { signer }: Trust,
): Promise<Placed[]> {
  const placed: Placed[] = [];
  for (const manifest of manifests)
    placed.push(await signManifest(plan, manifest, signer));
  return placed;
}

/** A branch that is gone or takes nothing is for people to change; the others may end well another time. */
function obstacleOf(outcome: Exclude<PublishOutcome, { commit: string }>) {
  const { status, message, hint } = outcome;
  const forPeople = status === "gone" || status === "protected";
  const kind: Failure["kind"] = forPeople ? "input" : "external";

  return { kind, code: status, message, hint };
}

function refused(
  ctx: Pick<Context, "log">,
  { kind, code, message, hint }: Failure,
): Publication {
  const reason = hint ? `${message}; next: ${hint}` : message;
  ctx.log.error(`nothing is published: ${reason}`, errorPage(code));

  return publication("withheld", {
    reason,
    failure: { kind, code, message, hint },
  });
}

function publication(
  status: Publication["status"],
  facts: Partial<Publication>,
): Publication {
  return {
    kind: "publication",
    version: 1,
    status,
    commit: null,
    url: null,
    reason: null,
    fetch: null,
    verify: null,
    models: [],
    removed: [],
    failure: null,
    signed: false,
    ...facts,
  };
}
