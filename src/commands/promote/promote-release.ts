import { join } from "node:path";
import type { Witnesses } from "../../attest/author.ts";
import { publisherOf } from "../../attest/publisher.ts";
import { loadTrust } from "../../attest/trust.ts";
import type { Handover } from "../../config/handover-settings.ts";
import type { PromoteSettings } from "../../config/promote-options.ts";
import type { ReleaseSettings } from "../../config/release-settings.ts";
import type { Settings } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import { removeTree } from "../../disk/remove-tree.ts";
import { ownWork } from "../../disk/work-folder.ts";
import type { AppError } from "../../errors.ts";
import { requestOf } from "../../land/landed-request.ts";
import { branchPaths, placesOf } from "../../model/layout.ts";
import { fetchCommands } from "../../publish/fetch-commands.ts";
import { collectRelease } from "../../registry/collect.ts";
import { BOM_FILE } from "../../registry/layout.ts";
import { promote } from "../../registry/promote.ts";
import { promotedSoFar } from "../../registry/promoted-so-far.ts";
import type { Promotion } from "../../registry/promotion.ts";
import type { ModelKey, Release } from "../../registry/release.ts";
import type { RegistryTarget } from "../../registry/target.ts";
import type { Store } from "../../store/store.ts";
import { plainUrl } from "../../text/plain-url.ts";
import { readFacts } from "../../version/read-facts.ts";
import { sayingWhatStands } from "../../what-stands.ts";
import { describeRelease } from "./describe-release.ts";
import { handOverRelease } from "./hand-over-release.ts";
import { versionWish } from "./promotion-wish.ts";
import { showPromoted } from "./show-version.ts";

/** One run of `promote`. */
export interface PromoteJob {
  wishes: PromoteSettings;
  settings: Settings;
  store: Store;
  /** Absolute. */
  out: string;
}

/** What a promotion works with. */
export interface Promoting {
  key: ModelKey;
  job: PromoteJob;
  release: Partial<ReleaseSettings>;
  /** Globs of samples, by engine. */
  samples: ReadonlyMap<string, string[]>;
  handovers: readonly Handover[];
}

export interface Promoted {
  promotion: Promotion;
  /** Of a hand-over: the version is in the registry nevertheless. */
  failure: AppError | null;
}

/** Proves the landed model, writes it to the registry, and hands it over; or plans so, with `--dry-run`. */
export async function promoteRelease(
  ctx: Context,
  target: RegistryTarget,
  { key, job, release, samples, handovers }: Promoting,
): Promise<Promoted> {
  const { wishes, settings, store, out } = job;
  await store.verify();
  const snapshot = await store.snapshot(wishes.branch);
  const folder = ownWork(out, "promote");
  await removeTree(folder);

  try {
    const trusted = await witnesses(ctx, settings, store);
    const collected = await collectRelease(snapshot, settings, {
      ...{ model: wishes.model, branch: wishes.branch },
      ...{ name: key.name, folder },
      extra: release.files ?? {},
      samples: [...samples.values()].flat(),
      witnesses: trusted,
    });
    const { manifest, edge, files, origin } = collected;
    const commands = fetchCommands({
      ...{ place: store.placeAt(snapshot.id), models: [wishes.model] },
      ...{ isSigned: origin !== null, hasKey: trusted.keys.length > 0 },
      settings,
    });

    const describe = (composed: Release) =>
      describeRelease(composed, {
        ...{ collected, commands, license: release.license ?? null },
        bom: wishes.bom ? ctx.version : null,
        folder: join(folder, ".about"),
      });

    const { manifest: path } = placesOf(
      wishes.model,
      branchPaths(settings.modelPath, settings.edgePath),
    );
    const request = await requestOf(store, snapshot, { path, manifest });

    const promotion = await promote(target, {
      model: key,
      version: versionWish(ctx, wishes, release),
      source: {
        store: plainUrl(store.url),
        branch: wishes.branch,
        commit: snapshot.id,
        model: wishes.model,
      },
      outcome: manifest.verdict.outcome,
      facts: await readFacts(edge),
      ...{ files, describe },
      aliases: [...new Set([wishes.alias, "latest"])],
      dryRun: wishes.dryRun,
    });
    warnWithoutBom(ctx, wishes, promotion);
    const { states, failure } = await sayingWhatStands(
      () => promotedSoFar(promotion),
      async () => {
        await showPromoted(ctx, target, promotion, files);
        return handOverRelease(ctx, handovers, {
          ...{ target, promotion, files, describe, folder },
        });
      },
    );

    const done = { merge_request: request, handover: states };
    return { promotion: { ...promotion, ...done }, failure };
  } finally {
    await removeTree(folder);
  }
}

/** A version that is there is never changed: not even by one more file. */
function warnWithoutBom(
  { log }: Pick<Context, "log">,
  { bom }: Pick<PromoteSettings, "bom">,
  { release, files }: Promotion,
): void {
  if (!bom || files.some(({ name }) => name === BOM_FILE)) return;

  log.warn(
    `version ${release} is there without ${BOM_FILE}: nothing is added to a version`,
  );
}

/** Who vouches: the keys, else the store's server; where neither can, only a person who knows may promote. */
async function witnesses(
  ctx: Context,
  settings: Settings,
  store: Store,
): Promise<Witnesses> {
  const { keys } = await loadTrust(ctx, { ...settings, unsigned: true });
  const publisher =
    keys.length === 0 ? await publisherOf(store, settings.storeUser) : null;
  if (keys.length === 0 && !publisher)
    ctx.log.warn(
      "no public key is configured, and the store cannot tell users apart: anyone who can write to the branch could have made this model (model-to-edge keygen)",
    );

  return { keys, publisher };
}
