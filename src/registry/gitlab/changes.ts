import { hashBytes } from "../../disk/hash-file.ts";
import { type PackageAt, type PackageFile, shown } from "./package.ts";
import { damaged } from "./package-bytes.ts";
import type { GitlabPackages } from "./packages.ts";

/** Digits of a change's number: GitLab sorts versions as text. */
const DIGITS = 6;

/** A text that changes, and the number of the change that made it so. */
export interface Change {
  text: string;
  number: number;
}

/**
 * The text that a package holds now; null where there was none yet. Each change is a version of the package, and the
 * highest one counts.
 */
export async function newestChange(
  packages: GitlabPackages,
  name: string,
): Promise<Change | null> {
  const versions = (await packages.list(name)).map(({ version }) => version);
  const numbers = versions.filter((version) => /^\d+$/.test(version));
  const number = Math.max(0, ...numbers.map(Number));
  if (number === 0) return null;

  const at = changeAt(name, number);
  const [first] = await packages.files(at);
  if (!first) throw damaged(packages.address, at, `${shown(at)} is empty`);

  return { number, text: await textOf(packages, at, first) };
}

/**
 * Makes the next change after one that was read. It counts where its file is the first one of its version: GitLab makes a
 * package and its first file in one step. False where somebody else was first.
 */
export async function nextChange(
  packages: GitlabPackages,
  name: string,
  { after, text }: { after: Change | null; text: string },
): Promise<boolean> {
  const at = changeAt(name, (after?.number ?? 0) + 1);
  const bytes = Buffer.from(text);
  const sha256 = hashBytes(bytes);
  const file = `${sha256}.json`;
  await packages.upload(at, file, { bytes, sha256 });
  const [first] = await packages.files(at);

  return first?.name === file;
}

async function textOf(
  packages: GitlabPackages,
  at: PackageAt,
  file: PackageFile,
): Promise<string> {
  return Buffer.from(await packages.download(at, file)).toString("utf8");
}

function changeAt(name: string, number: number): PackageAt {
  return { name, version: String(number).padStart(DIGITS, "0") };
}
