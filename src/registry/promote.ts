import { CheckFailed, UsageError } from "../errors.ts";
import type { Level } from "../version/change.ts";
import type { ModelFacts } from "../version/compare-models.ts";
import {
  countedFrom,
  nextVersion,
  type VersionWish,
} from "../version/next-version.ts";
import {
  compareVersions,
  readVersion,
  writeVersion,
} from "../version/release-version.ts";
import { changeSince, sinceOf } from "./change-since.ts";
import { contentDigest, contentOf } from "./layout.ts";
import type { Promotion } from "./promotion.ts";
import type { ModelKey, Release, ReleaseFile } from "./release.ts";
import type { LocalFile, RegistryTarget } from "./target.ts";

export interface PromoteWish {
  model: ModelKey;
  version: VersionWish;
  source: Release["source"];
  outcome: Release["outcome"];
  facts: ModelFacts;
  files: readonly LocalFile[];
  /** Files about the version, rendered from it: its card. */
  describe: (release: Release) => Promise<LocalFile[]>;
  /** Aliases that name the version afterwards. */
  aliases: readonly string[];
  dryRun: boolean;
}

/**
 * Gives a proved model its version and writes it. The same model again is "there". Throws `CheckFailed` where the version
 * is there with other bytes, `UsageError` where the rule for versions or another promotion is in the way.
 */
export async function promote(
  target: RegistryTarget,
  wish: PromoteWish,
): Promise<Promotion> {
  const { composed, isThere } = await compose(target, wish);
  const about = isThere ? [] : await wish.describe(composed);
  const files = [...composed.files, ...listed(about)];
  const release = { ...composed, files };
  const planned = promotionOf(target, release, "planned");
  if (wish.dryRun) return planned;

  const outcome = await target.put(release, [...wish.files, ...about]);
  if (outcome.status === "claimed") throw claimed(target, release, outcome);
  if (outcome.status === "other")
    throw otherBytes(target, release, outcome.release);

  const aliases: Promotion["aliases"] = [];
  for (const name of wish.aliases)
    aliases.push({ name, was: await point(target, release, name) });

  return {
    ...planned,
    status: outcome.status === "put" ? "promoted" : "there",
    // Of what is there, and not of its distance to itself.
    since: (outcome.release ?? release).since,
    files: (outcome.release ?? release).files,
    aliases,
  };
}

/** The release as it would be written, without what is rendered from it; or the one of these bytes that is there. */
async function compose(
  target: RegistryTarget,
  { model, version, source, outcome, facts, files }: PromoteWish,
): Promise<{ composed: Release; isThere: boolean }> {
  const own = listed(files);
  const digest = contentDigest(own);
  const taken = version.chosen && (await target.read(model, version.chosen));
  if (taken && taken.digest === digest)
    return { composed: taken, isThere: true };
  if (taken) throw otherBytes(target, { ...taken, files: own }, taken);

  const names = await target.versions(model);
  const known = names.map(readVersion).filter((each) => each !== null);
  const from = countedFrom(known, version);
  const before = from && (await target.read(model, writeVersion(from)));
  const change = before && changeSince(before, facts, digest);
  const level: Level = change?.level ?? "none";
  const next = writeVersion(nextVersion(version, from, level));

  const composed: Release = {
    ...{ kind: "release", version: 1, ...model, release: next },
    digest,
    ...{ source, outcome },
    since: sinceOf(from, next, { level, changes: change?.changes ?? [] }),
    ...{ facts, files: own },
  };

  return { composed, isThere: false };
}

function listed(files: readonly LocalFile[]): ReleaseFile[] {
  return files.map(({ name, size, sha256 }) => ({ name, size, sha256 }));
}

function promotionOf(
  target: RegistryTarget,
  release: Release,
  status: Promotion["status"],
): Promotion {
  const { algorithm, name, digest, since, source, files } = release;

  return {
    ...{ kind: "promotion", version: 1, status, registry: target.url },
    ...{ algorithm, name, release: release.release, digest, since, source },
    link: target.link(release, release.release),
    ...{ files, aliases: [], merge_request: null, handover: [] },
  };
}

const TRIES = 5;
/** Versions that an alias remembers, for the way back. */
const REMEMBERED = 10;

/** Returns what the alias named before. `latest` never goes back to an older version. */
async function point(
  target: RegistryTarget,
  model: ModelKey & { release: string },
  name: string,
): Promise<string | null> {
  for (let round = 0; round < TRIES; round++) {
    const was = await target.alias(model, name);
    if (was?.release === model.release) return was.release;
    if (was && name === "latest" && isNewer(was.release, model.release))
      return was.release;

    const before = was ? [was.release, ...was.before] : [];
    const is = {
      release: model.release,
      before: before.slice(0, REMEMBERED),
    };
    if (await target.setAlias(model, name, { was, is }))
      return was?.release ?? null;
  }

  throw busy(target, name);
}

/** Points an alias to the version that it named before. Throws `UsageError` where there is none. */
export async function pointBack(
  target: RegistryTarget,
  model: ModelKey,
  name: string,
): Promise<{ release: string; was: string }> {
  for (let round = 0; round < TRIES; round++) {
    const was = await target.alias(model, name);
    const [release, ...before] = was?.before ?? [];
    if (!was || release === undefined)
      throw new UsageError(
        `${target.url}: the alias ${name} of ${model.algorithm}/${model.name} has named no other version before`,
        {
          code: "release-no-way-back",
          hint: "promote the version that it should name",
        },
      );

    const change = { was, is: { release, before } };
    if (await target.setAlias(model, name, change))
      return { release, was: was.release };
  }

  throw busy(target, name);
}

function isNewer(a: string, b: string): boolean {
  const [left, right] = [readVersion(a), readVersion(b)];
  return left !== null && right !== null && compareVersions(left, right) > 0;
}

function busy(target: RegistryTarget, name: string): UsageError {
  return new UsageError(
    `${target.url}: the alias ${name} changed again and again while it was set`,
    {
      code: "release-claimed",
      hint: "let one promotion at a time run: give the job a resource_group",
    },
  );
}

function claimed(
  target: RegistryTarget,
  { release, digest, name }: Release,
  { digest: theirs }: { digest: string },
): UsageError {
  return new UsageError(
    `${target.url}: another promotion began version ${release} of ${name} with other bytes (${short(theirs)}, ours ${short(digest)})`,
    {
      code: "release-claimed",
      hint: "if it still runs, run this one again when it has ended; if it died, promote its commit again, or choose a higher version with `--version`",
    },
  );
}

function otherBytes(
  target: RegistryTarget,
  ours: Release,
  there: Release,
): CheckFailed {
  const theirs = new Map(
    contentOf(there.files).map(({ name, sha256 }) => [name, sha256]),
  );
  const own = new Map(
    contentOf(ours.files).map(({ name, sha256 }) => [name, sha256]),
  );
  const names = [...new Set([...theirs.keys(), ...own.keys()])].sort();
  const different = names
    .filter((name) => theirs.get(name) !== own.get(name))
    .map(
      (name) =>
        `${name} (there ${short(theirs.get(name))}, ours ${short(own.get(name))})`,
    );

  return new CheckFailed(
    `${target.url}: version ${ours.release} of ${ours.name} is there with other bytes: ${different.join(", ")}`,
    {
      code: "release-exists",
      hint: "a version is never overwritten: leave `--version` out, or choose a higher one",
    },
  );
}

function short(sha256: string | undefined): string {
  return sha256?.slice(0, 12) ?? "missing";
}
