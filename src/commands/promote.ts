import { join } from "node:path";
import type { Witnesses } from "../attest/author.ts";
import { publisherOf } from "../attest/publisher.ts";
import { loadTrust } from "../attest/trust.ts";
import { settingsOf } from "../config/model-settings.ts";
import {
  type PromoteSettings,
  readPromoteSettings,
} from "../config/promote-options.ts";
import type { ReleaseSettings } from "../config/release-settings.ts";
import type { Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { toJson } from "../document.ts";
import { AppError, UsageError } from "../errors.ts";
import { plainUrl } from "../plain-url.ts";
import { planEngines, repositoryConfig } from "../plan/plan-inputs.ts";
import { collectRelease } from "../registry/collect.ts";
import { checkedName } from "../registry/layout.ts";
import { openTarget } from "../registry/open-target.ts";
import { pointBack, promote } from "../registry/promote.ts";
import type { Promotion } from "../registry/promotion.ts";
import type { ModelKey } from "../registry/release.ts";
import type { RegistryTarget } from "../registry/target.ts";
import { removeTree } from "../remove-tree.ts";
import type { Store } from "../store/store.ts";
import { readFacts } from "../version/read-facts.ts";
import { clearOutput } from "./clear-output.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { withSession } from "./session.ts";
import { writeErrorReports } from "./write-error-reports.ts";
import { writePromotion } from "./write-promotion.ts";

/** Gives a landed, proved model a version, and writes it to a registry; or lets an alias name the earlier version again. */
export async function promoteModel(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const out = await clearOutput(ctx, flags, ["promotion.json", "report"]);

  try {
    const wishes = readPromoteSettings(flags, ctx.environment);
    refuseOtherRef(ctx);
    await withSession(ctx, io, flags, async ({ settings, store }) => {
      await inRegistry(ctx, io, { wishes, settings, store, out });
    });
  } catch (error) {
    if (error instanceof AppError) await writeErrorReports(ctx, out, error);
    throw error;
  }
}

/** What is not merged has landed nowhere. A tag is of the default branch, or a person made it so. */
function refuseOtherRef({ environment }: Pick<Context, "environment">): void {
  const { inCi, tag, branch, defaultBranch } = environment.ci;
  if (!inCi || tag || defaultBranch === null || branch === defaultBranch)
    return;

  throw new UsageError(
    `a promotion runs on the default branch ${defaultBranch} or on a tag, not on ${branch ?? "a merge request"}`,
    {
      code: "not-default-branch",
      hint: "keep the rules of the template promote, or run it on the default branch only",
    },
  );
}

interface Job {
  wishes: PromoteSettings;
  settings: Settings;
  store: Store;
  /** Absolute. */
  out: string;
}

async function inRegistry(
  ctx: Context,
  io: CommandIo,
  job: Job,
): Promise<void> {
  const { wishes } = job;
  const engines = await planEngines(ctx);
  const layer = await repositoryConfig(ctx, job.settings.config, engines);
  const { release } = settingsOf(wishes.model, layer ? [layer] : []);
  const key = keyOf(wishes, release);
  const target = await openTarget(ctx, wishes.to);

  try {
    if (wishes.back) return await back(ctx, io, target, { key, job });

    if (!wishes.dryRun) await target.verify(wishes);
    const samples = new Map(
      engines.map(({ engine }) => [engine.name, sampleGlobs(engine.accepts)]),
    );
    const promotion = await promoted(ctx, target, {
      ...{ key, job, release, samples },
    });

    const lines = await writePromotion(job.out, promotion);
    if (job.settings.json) io.print(toJson(promotion));
    for (const line of lines) ctx.log.info(line);
  } finally {
    await target.close();
  }
}

async function back(
  ctx: Context,
  io: CommandIo,
  target: RegistryTarget,
  { key, job }: { key: ModelKey; job: Job },
): Promise<void> {
  const { alias } = job.wishes;
  const { release, was } = await pointBack(target, key, alias);

  ctx.log.info(
    `${alias} of ${key.name} named ${was}, and names ${release} again`,
  );
  if (job.settings.json) io.print(toJson({ alias, release, was }));
}

interface Promoting {
  key: ModelKey;
  job: Job;
  release: Partial<ReleaseSettings>;
  /** Globs of samples, by engine. */
  samples: ReadonlyMap<string, string[]>;
}

async function promoted(
  ctx: Context,
  target: RegistryTarget,
  { key, job, release, samples }: Promoting,
): Promise<Promotion> {
  const { wishes, settings, store, out } = job;
  await store.verify();
  const snapshot = await store.snapshot(wishes.branch);
  const folder = join(out, "work-promote");
  await removeTree(folder);

  try {
    const { manifest, edge, files } = await collectRelease(snapshot, settings, {
      ...{ model: wishes.model, name: key.name, folder },
      extra: release.files ?? {},
      samples: [...samples.values()].flat(),
      witnesses: await witnesses(ctx, settings, store),
    });

    return await promote(target, {
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
      files,
      aliases: [...new Set([wishes.alias, "latest"])],
      dryRun: wishes.dryRun,
    });
  } finally {
    await removeTree(folder);
  }
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

function keyOf(
  wishes: PromoteSettings,
  release: Partial<ReleaseSettings>,
): ModelKey {
  const algorithm = wishes.algorithm ?? release.algorithm;
  if (!algorithm)
    throw new UsageError(
      `the registry has a folder for each algorithm, and none is named for ${wishes.model}`,
      {
        code: "release-name",
        hint: `write \`release: {algorithm: CenterPoint}\` for ${wishes.model} into conversion.yaml, or give \`--algorithm\``,
      },
    );

  return {
    algorithm: checkedName("the algorithm", algorithm),
    name: checkedName(
      "the model's name",
      wishes.name ?? release.name ?? wishes.model,
    ),
  };
}

function versionWish(
  { now }: Pick<Context, "now">,
  { version }: PromoteSettings,
  { scheme = "xyz", kind, project }: Partial<ReleaseSettings>,
) {
  if ((scheme === "x.y.z-project.n") !== (project !== undefined))
    throw new UsageError(
      project === undefined
        ? "release.scheme is x.y.z-project.n, and release.project is missing"
        : `release.project is ${project}, but the scheme is ${scheme}`,
      {
        code: "version-not-allowed",
        hint: "write both of them into conversion.yaml, or neither",
      },
    );

  return {
    ...{ scheme, kind: kind ?? null, project: project ?? null },
    ...{ chosen: version, day: now() },
  };
}

function sampleGlobs(
  accepts: readonly { role: string; glob: string }[],
): string[] {
  return accepts
    .filter(({ role }) => role === "sample")
    .map(({ glob }) => glob);
}
