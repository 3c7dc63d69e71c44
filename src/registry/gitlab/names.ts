import { hashBytes } from "../../disk/hash-file.ts";
import { UsageError } from "../../errors.ts";
import { isRendered } from "../layout.ts";
import type { ModelKey, ReleaseFile } from "../release.ts";
import type { NotePlace } from "../target.ts";

/** A model's name begins with a letter or digit, so that no model is called like this. */
const ALIAS = "_alias.";
const CLAIM = /^claim\.([0-9a-f]{64})\.([0-9a-f]{64})\.json$/;
/** GitLab's rule for the parts of a package file's path, without the characters that only newer ones take. */
const PART = /^(?!\.+$)[A-Za-z0-9._+-]+$/;

/** `ALGORITHM.NAME`: GitLab takes letters, digits, dots, dashes and underscores. Throws `UsageError` for a dot in the algorithm. */
export function packageName({ algorithm, name }: ModelKey): string {
  if (!algorithm.includes(".")) return `${algorithm}.${name}`;

  throw new UsageError(
    `the algorithm ${algorithm} has a dot: a package of GitLab is called ALGORITHM.NAME`,
    { code: "release-name", hint: "use a dash instead" },
  );
}

/** The model of a package; null where the package is none of ours. */
export function modelOfPackage(name: string): ModelKey | null {
  const [, algorithm, model] =
    /^([A-Za-z0-9][A-Za-z0-9_-]*)\.([A-Za-z0-9].*)$/.exec(name) ?? [];
  return algorithm && model ? { algorithm, name: model } : null;
}

/** Package of an alias: each version of it is one change, and the highest one counts. */
export function aliasPackage(model: ModelKey, alias: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(alias))
    return `${ALIAS}${alias}.${packageName(model)}`;

  throw new UsageError(
    `the alias ${JSON.stringify(alias)} cannot be a part of a package's name`,
    {
      code: "release-name",
      hint: "use letters, digits, dashes and underscores, at most 64",
    },
  );
}

/** The alias whose package it is; null for any other package. */
export function aliasOfPackage(model: ModelKey, name: string): string | null {
  const end = `.${packageName(model)}`;
  if (!name.startsWith(ALIAS) || !name.endsWith(end)) return null;

  const alias = name.slice(ALIAS.length, -end.length);
  return alias.includes(".") ? null : alias;
}

/** Package of a note of a version: each version of it is one change, as of an alias. Versions have no two dots in a row. */
export function notePackage({ model, release, name }: NotePlace): string {
  return `_note.${name}..${release}..${packageName(model)}`;
}

/** Which bytes a version has, in the name of its package's first file. */
export interface Claim {
  /** sha256 of what makes the model: see `contentDigest`. */
  digest: string;
  /** sha256 over the names and hashes of all files but those that are rendered from the release. */
  exact: string;
}

export function claimOf(
  digest: string,
  files: readonly Pick<ReleaseFile, "name" | "sha256">[],
): Claim {
  const lines = files
    .filter(({ name }) => !isRendered(name))
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  return { digest, exact: hashBytes(lines.toSorted().join("")) };
}

export function claimFile({ digest, exact }: Claim): string {
  return `claim.${digest}.${exact}.json`;
}

/** The claim that a file's name is; null for any other name. */
export function claimIn(name: string): Claim | null {
  const [, digest, exact] = CLAIM.exec(name) ?? [];
  return digest && exact ? { digest, exact } : null;
}

/** Throws `UsageError` for the first name that GitLab would not take, before anything is written. */
export function checkFileNames(files: readonly { name: string }[]): void {
  for (const { name } of files)
    if (!name.split("/").every((part) => PART.test(part)) || claimIn(name))
      throw new UsageError(
        `${name} cannot be the name of a package file in GitLab`,
        {
          code: "release-name",
          hint: "rename it in the model's folder (letters, digits, dots, dashes, underscores, plus), or leave it out of release.files",
        },
      );
}
