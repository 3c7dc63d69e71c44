import { createHash } from "node:crypto";
import { UsageError } from "../errors.ts";
import type { ModelKey, Release, ReleaseFile } from "./release.ts";
import type { NotePlace } from "./target.ts";

/** The file that makes a folder a version. */
export const RELEASE_FILE = "release.json";

/** AWML's layout: `models/{algorithm}/{model-name}/`; source: AWML, docs/design/architecture_s3.md. */
export function modelPrefix({ algorithm, name }: ModelKey): string {
  return `models/${algorithm}/${name}/`;
}

/** `models/{algorithm}/{model-name}/{version}/`. */
export function versionPrefix(model: ModelKey, release: string): string {
  return `${modelPrefix(model)}${release}/`;
}

/** Who writes a version, and which bytes: beside the versions, so that their folders hold what AWML's users expect. */
export function claimKey(model: ModelKey, release: string): string {
  return `${modelPrefix(model)}.claims/${release}.json`;
}

/** Folder of a model's aliases. */
export const ALIASES = ".aliases/";

/** `edge`, `latest` and others: small files that name a version. */
export function aliasKey(model: ModelKey, alias: string): string {
  return `${modelPrefix(model)}${ALIASES}${alias}.json`;
}

/** A note beside a version: see `VersionNotes`. */
export function noteKey({ model, release, name }: NotePlace): string {
  return `${modelPrefix(model)}.notes/${release}/${name}.json`;
}

/** The version whose `release.json` a key is; null for any other key. */
export function releaseOf(model: ModelKey, key: string): string | null {
  const prefix = modelPrefix(model);
  if (!key.startsWith(prefix)) return null;

  const [release = "", file, ...rest] = key.slice(prefix.length).split("/");
  return file === RELEASE_FILE && rest.length === 0 ? release : null;
}

/** The card of a version, and its name where the model's folder has such a file of its own. */
export const CARD_FILE = "README.md";
export const OTHER_CARD_FILE = "README.model-to-edge.md";

/** CycloneDX's own name for a bill of materials. */
export const BOM_FILE = "bom.cdx.json";

/** What is said about a model, and not the model: it may differ between two promotions of the same bytes. */
const ABOUT: ReadonlySet<string> = new Set([
  ...["manifest.json", "verdict.json", "attestation.json", "model.sig"],
  ...["README.txt", "golden.safetensors", RELEASE_FILE],
  ...[CARD_FILE, OTHER_CARD_FILE, BOM_FILE],
]);

/**
 * Rendered from the release: each version of this program has words of its own, so that a promotion may find one that
 * an earlier version of it began.
 */
const RENDERED: ReadonlySet<string> = new Set([
  ...[CARD_FILE, OTHER_CARD_FILE, BOM_FILE],
]);

/** Whether a file is rendered from the release that it is about; `digest` stands in it. */
export function isRendered(name: string): boolean {
  return RENDERED.has(name);
}

/** sha256 (64 hex) over the names and hashes of the files that make the model. */
export function contentDigest(files: readonly ReleaseFile[]): string {
  const hash = createHash("sha256");
  for (const { name, sha256 } of contentOf(files))
    hash.update(`${sha256}  ${name}\n`);

  return hash.digest("hex");
}

/** The files that make the model, by name. */
export function contentOf(files: readonly ReleaseFile[]): ReleaseFile[] {
  return files
    .filter(({ name }) => !ABOUT.has(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** A release with other facts about some of its files; the same object where there are none. */
export function withFiles(
  release: Release,
  files: ReadonlyMap<string, ReleaseFile>,
): Release {
  if (files.size === 0) return release;

  return {
    ...release,
    files: release.files.map((file) => files.get(file.name) ?? file),
  };
}

/** A part of a path that people type: throws `UsageError` for one that is more, or that a shell or S3 would misread. */
export function checkedName(what: string, name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)) return name;

  throw new UsageError(`${what} ${JSON.stringify(name)} is not a usable name`, {
    code: "release-name",
    hint: "use letters, digits, dots, dashes and underscores, at most 128, and begin with a letter or digit",
  });
}
