import { UsageError } from "../errors.ts";
import type { Level } from "./change.ts";
import {
  compareVersions,
  type ReleaseVersion,
  type Scheme,
  versionOf,
  writeVersion,
} from "./release-version.ts";

export interface VersionWish {
  scheme: Scheme;
  /** `patch`: a small fine-tuning, which raises Z. Only a person says so, in `conversion.yaml`. */
  kind: "patch" | null;
  /** Of `x.y.z-project.n`; null in other schemes. */
  project: string | null;
  /** A version that a person chose; null to compute it. */
  chosen: string | null;
  /** The day of the source's commit (UTC), for the scheme `date`. */
  day: Date;
}

/**
 * The version that the next one is counted from: what is promoted now is compared with it. Null if nothing of this scheme
 * is there. Throws `UsageError` if the chosen version is malformed, or a project's without its product's.
 */
export function countedFrom(
  versions: readonly ReleaseVersion[],
  wish: VersionWish,
): ReleaseVersion | null {
  const { scheme, project } = wish;
  const own = versions.filter(
    (known) => known.scheme === scheme && known.project === project,
  );
  if (scheme !== "x.y.z-project.n") return newestOf(own);

  const base = baseOf(versions, wish, newestOf(own));
  const isOfBase = (known: ReleaseVersion) =>
    known.numbers.join() === base.numbers.join();

  return newestOf(own.filter(isOfBase)) ?? base;
}

/**
 * The version of what is promoted now, by AWML's rule: X if a program that runs the model must change, Y if the training
 * changed, Z only for a patch that a person announced. `level`: the change since `from`, see `countedFrom`; the same
 * version if it is "none". Throws `UsageError` if the rule does not allow what a person chose.
 */
export function nextVersion(
  wish: VersionWish,
  from: ReleaseVersion | null,
  level: Level,
): ReleaseVersion {
  const computed = from ? raised(from, wish, level) : first(wish);
  if (wish.chosen === null) return computed;

  const chosen = versionOf(wish.chosen, wish.scheme);
  if (compareVersions(chosen, computed) >= 0) return chosen;

  const why = from
    ? `the change since ${writeVersion(from)} is ${level}, so that the next version is ${writeVersion(computed)}`
    : `the first version is ${writeVersion(computed)}`;
  throw notAllowed(
    `version ${wish.chosen} is too low: ${why}`,
    `leave the version out, or choose ${writeVersion(computed)} or a higher one: a version may be raised, never lowered`,
  );
}

/** The product's version that a project's version is named after. */
function baseOf(
  versions: readonly ReleaseVersion[],
  { chosen, scheme, project }: VersionWish,
  newest: ReleaseVersion | null,
): ReleaseVersion {
  const products = versions.filter((known) => known.scheme === "xyz");
  const named = chosen === null ? newest : versionOf(chosen, scheme);
  const base = named
    ? products.find((known) => known.numbers.join() === named.numbers.join())
    : newestOf(products);
  if (base) return base;

  throw notAllowed(
    named
      ? `there is no product version ${named.numbers.join(".")} for ${writeVersion(named)}`
      : `the project ${project} has no product version to start from`,
    "promote the product's model first (scheme xyz): a project's version is named after it",
  );
}

function newestOf(versions: readonly ReleaseVersion[]): ReleaseVersion | null {
  return versions.toSorted(compareVersions).at(-1) ?? null;
}

function first({ scheme, day }: VersionWish): ReleaseVersion {
  return scheme === "date"
    ? dated(day, null)
    : { scheme, numbers: [1, 0, 0], project: null, n: 0 };
}

function raised(
  from: ReleaseVersion,
  wish: VersionWish,
  level: Level,
): ReleaseVersion {
  if (wish.scheme === "x.y.z-project.n") return ofProject(from, wish, level);
  if (level === "none") return from;
  if (wish.scheme === "date") return dated(wish.day, from);

  const [x, y, z] = from.numbers;
  if (wish.kind === "patch") {
    if (level === "breaking" || wish.scheme === "x.y")
      throw notAPatch(from, level);
    return { ...from, numbers: [x, y, z + 1] };
  }

  return {
    ...from,
    numbers: level === "breaking" ? [x + 1, 0, 0] : [x, y + 1, 0],
  };
}

function ofProject(
  from: ReleaseVersion,
  { scheme, project }: VersionWish,
  level: Level,
): ReleaseVersion {
  if (level === "breaking")
    throw notAllowed(
      `the change since ${writeVersion(from)} is breaking, and a project keeps the contract of its product's version`,
      "promote it as the product's next version (scheme xyz) first, and start the project's line from that one",
    );

  const isFirst = from.scheme !== scheme;
  if (isFirst) return { scheme, numbers: from.numbers, project, n: 1 };

  return level === "none" ? from : { ...from, n: from.n + 1 };
}

/** The day's own version, or the next one of that day; never before the newest one. */
function dated(day: Date, newest: ReleaseVersion | null): ReleaseVersion {
  const today: ReleaseVersion = {
    scheme: "date",
    numbers: [day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate()],
    project: null,
    n: 1,
  };

  return newest && compareVersions(newest, today) >= 0
    ? { ...newest, n: newest.n + 1 }
    : today;
}

function notAPatch(from: ReleaseVersion, level: Level): UsageError {
  const why =
    from.scheme === "x.y"
      ? "the scheme x.y has no third number"
      : `the change since ${writeVersion(from)} is ${level}`;

  return notAllowed(
    `release.kind is patch, but ${why}`,
    "remove release.kind from conversion.yaml, and the version is computed",
  );
}

function notAllowed(message: string, hint: string): UsageError {
  return new UsageError(message, { code: "version-not-allowed", hint });
}
