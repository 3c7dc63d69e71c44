import { toJson } from "../../document.ts";
import { hashBytes } from "../../hash-file.ts";
import type { ModelKey } from "../release.ts";
import type { Alias } from "../target.ts";
import { aliasOfPackage, aliasPackage } from "./names.ts";
import { type PackageAt, shown } from "./package.ts";
import { damaged } from "./package-bytes.ts";
import type { GitlabPackages } from "./packages.ts";
import { objectIn } from "./transfer.ts";

/** Digits of a change's number: GitLab sorts versions as text. */
const DIGITS = 6;

/** What an alias names, and the number of the change that made it so. */
interface Change {
  alias: Alias;
  number: number;
}

/** Names of all aliases of a model, in order. */
export async function aliasNames(
  packages: GitlabPackages,
  model: ModelKey,
): Promise<string[]> {
  const all = await packages.list();
  const names = all.flatMap(({ name }) => aliasOfPackage(model, name) ?? []);

  return [...new Set(names)].sort();
}

export async function readAlias(
  packages: GitlabPackages,
  model: ModelKey,
  alias: string,
): Promise<Alias | null> {
  return (await newest(packages, aliasPackage(model, alias)))?.alias ?? null;
}

/**
 * Each change is a package version of its own, and counts where its file is the first one in it: GitLab makes a package
 * and its first file in one step. False where somebody else changed the alias before.
 */
export async function writeAlias(
  packages: GitlabPackages,
  { model, alias }: { model: ModelKey; alias: string },
  { was, is }: { was: Alias | null; is: Alias },
): Promise<boolean> {
  const name = aliasPackage(model, alias);
  const now = await newest(packages, name);
  if (JSON.stringify(now?.alias ?? null) !== JSON.stringify(was)) return false;

  const at = changeAt(name, (now?.number ?? 0) + 1);
  const bytes = Buffer.from(toJson(is));
  const sha256 = hashBytes(bytes);
  const file = `${sha256}.json`;
  await packages.upload(at, file, { bytes, sha256 });
  const [first] = await packages.files(at);
  return first?.name === file;
}

async function newest(
  packages: GitlabPackages,
  name: string,
): Promise<Change | null> {
  const versions = (await packages.list(name)).map(({ version }) => version);
  const numbers = versions.filter((version) => /^\d+$/.test(version));
  const number = Math.max(0, ...numbers.map(Number));
  if (number === 0) return null;

  const at = changeAt(name, number);
  return { number, alias: await aliasAt(packages, at) };
}

async function aliasAt(
  packages: GitlabPackages,
  at: PackageAt,
): Promise<Alias> {
  const [first] = await packages.files(at);
  const bytes = first && (await packages.download(at, first));
  const text = Buffer.from(bytes ?? []).toString("utf8");
  const { release, before } = objectIn(text) ?? {};
  if (typeof release !== "string")
    throw damaged(packages.address, at, `no version is named in ${shown(at)}`);

  return { release, before: Array.isArray(before) ? before.map(String) : [] };
}

function changeAt(name: string, number: number): PackageAt {
  return { name, version: String(number).padStart(DIGITS, "0") };
}
