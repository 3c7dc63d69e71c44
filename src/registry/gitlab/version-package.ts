import { hashBytes } from "../../disk/hash-file.ts";
import { parseDocument, toJson } from "../../document/document.ts";
import { isRendered, RELEASE_FILE, withFiles } from "../layout.ts";
import type { ModelKey, Release, ReleaseFile } from "../release.ts";
import type { LocalFile, PutOutcome } from "../target.ts";
import {
  type Claim,
  checkFileNames,
  claimFile,
  claimIn,
  claimOf,
  packageName,
} from "./names.ts";
import { type PackageAt, type PackageFile, shown } from "./package.ts";
import { damaged } from "./package-bytes.ts";
import type { GitlabPackages } from "./packages.ts";

/** The package of a version. */
export function packageAt(model: ModelKey, release: string): PackageAt {
  return { name: packageName(model), version: release };
}

/**
 * The claim first: GitLab makes a package and its first file in one step, and a second package of that name and version
 * never. So whoever's claim is the first file has the version, and all others see that. `release.json` last.
 */
export async function putVersion(
  packages: GitlabPackages,
  release: Release,
  files: readonly LocalFile[],
): Promise<PutOutcome> {
  checkFileNames(files);
  const at = packageAt(release, release.release);
  const before = await packages.files(at);
  const there = await releaseIn(packages, at, before);
  if (there) return compared(there, release);

  const own = claimOf(release.digest, files);
  const claim = await claimed(packages, at, { own, before });
  if (claim.exact !== own.exact)
    return { status: "claimed", digest: claim.digest };

  const begun = await packages.files(at);
  const written = withFiles(
    release,
    await renderedBefore(packages, at, { release, begun }),
  );
  for (const { name, ...source } of files)
    if (!isBegun(written, name, begun)) await packages.upload(at, name, source);
  const now = await packages.files(at);
  expectWhole(packages, at, { files: written.files, now });
  // Another one of the same bytes may have been faster.
  const other = await releaseIn(packages, at, now);
  if (other) return compared(other, release);

  const bytes = Buffer.from(toJson(written));
  const source = { bytes, sha256: hashBytes(bytes) };
  await packages.upload(at, RELEASE_FILE, source);
  return written === release
    ? { status: "put" }
    : { status: "put", release: written };
}

/** What a download gives is right already. Anything else that lies there came by the way, as the claim is ours. */
function isBegun(
  { files }: Release,
  name: string,
  begun: readonly PackageFile[],
): boolean {
  const wanted = files.find((each) => each.name === name);
  const newest = begun.findLast((each) => each.name === name);
  return newest !== undefined && newest.sha256 === wanted?.sha256;
}

/** Cards of these bytes that another version of this program began, in words of its own: they stay. */
async function renderedBefore(
  packages: GitlabPackages,
  at: PackageAt,
  { release, begun }: { release: Release; begun: readonly PackageFile[] },
): Promise<Map<string, ReleaseFile>> {
  const kept = new Map<string, ReleaseFile>();
  for (const { name, sha256 } of release.files) {
    const there = begun.findLast((each) => each.name === name);
    if (!isRendered(name) || !there || there.sha256 === sha256) continue;

    const bytes = Buffer.from(await packages.download(at, there));
    if (!bytes.includes(release.digest)) throw twice(packages, at, name);
    kept.set(name, { name, size: bytes.length, sha256: there.sha256 });
  }

  return kept;
}

/** Null where the version is not there, or not whole. Throws `UsageError` where someone else added or changed files. */
export async function readVersion(
  packages: GitlabPackages,
  at: PackageAt,
): Promise<Release | null> {
  return releaseIn(packages, at, await packages.files(at));
}

/** Whether a package is a version of ours, and whole. */
export function isWhole(files: readonly PackageFile[]): boolean {
  return (
    claimIn(files[0]?.name ?? "") !== null &&
    files.some(({ name }) => name === RELEASE_FILE)
  );
}

async function releaseIn(
  packages: GitlabPackages,
  at: PackageAt,
  now: readonly PackageFile[],
): Promise<Release | null> {
  // A download gives the newest file of a name.
  const listed = now.findLast(({ name }) => name === RELEASE_FILE);
  if (!listed) return null;

  const claim = claimIn(now[0]?.name ?? "");
  const bytes = await packages.download(at, listed);
  const where = `${packages.address.url}: ${RELEASE_FILE} of ${shown(at)}`;
  const text = Buffer.from(bytes).toString("utf8");
  const release = (await parseDocument(text, where, "release")) as Release;

  if (claimOf(release.digest, release.files).exact !== claim?.exact)
    throw damaged(
      packages.address,
      at,
      `its ${RELEASE_FILE} is not about the files that the version was begun with`,
    );
  expectWhole(packages, at, { files: release.files, now });
  return release;
}

/** The claim that counts: the package's first file. Throws where the first file is none: then nobody's was first. */
async function claimed(
  packages: GitlabPackages,
  at: PackageAt,
  { own, before }: { own: Claim; before: readonly PackageFile[] },
): Promise<Claim> {
  if (before.length > 0) return firstClaim(packages, at, before);

  const bytes = Buffer.from(toJson(own));
  const source = { bytes, sha256: hashBytes(bytes) };
  await packages.upload(at, claimFile(own), source);
  return firstClaim(packages, at, await packages.files(at));
}

function firstClaim(
  { address }: GitlabPackages,
  at: PackageAt,
  [first]: readonly PackageFile[],
): Claim {
  const claim = claimIn(first?.name ?? "");
  if (claim) return claim;

  throw damaged(
    address,
    at,
    `its first file is ${first?.name ?? "gone"}, which was not written by model-to-edge`,
  );
}

/** A download, which gives the newest file of a name, gives the right one; a card in other words does no harm. */
function expectWhole(
  packages: GitlabPackages,
  at: PackageAt,
  {
    files,
    now,
  }: {
    files: readonly { name: string; sha256: string }[];
    now: readonly PackageFile[];
  },
): void {
  for (const { name, sha256 } of files) {
    const there = now.filter((each) => each.name === name);
    const right = isRendered(name) ? there : there.slice(-1);
    if (there.length === 0)
      throw damaged(packages.address, at, `${name} is gone`);
    if (!right.some((each) => each.sha256 === sha256))
      throw twice(packages, at, name);
  }
}

function twice({ address }: GitlabPackages, at: PackageAt, name: string) {
  return damaged(
    address,
    at,
    `someone else uploaded another ${name}, and GitLab gives the newest one`,
  );
}

function compared(there: Release, release: Release): PutOutcome {
  return there.digest === release.digest
    ? { status: "there", release: there }
    : { status: "other", release: there };
}
