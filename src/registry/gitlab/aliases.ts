import { toJson } from "../../document/document.ts";
import { objectIn } from "../../document/json-object.ts";
import type { ModelKey } from "../release.ts";
import type { Alias } from "../target.ts";
import { newestChange, nextChange } from "./changes.ts";
import { aliasOfPackage, aliasPackage } from "./names.ts";
import { damaged } from "./package-bytes.ts";
import type { GitlabPackages } from "./packages.ts";

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
  const name = aliasPackage(model, alias);
  const now = await newestChange(packages, name);
  return now && aliasIn(packages, name, now.text);
}

/** False where somebody else changed the alias before. */
export async function writeAlias(
  packages: GitlabPackages,
  { model, alias }: { model: ModelKey; alias: string },
  { was, is }: { was: Alias | null; is: Alias },
): Promise<boolean> {
  const name = aliasPackage(model, alias);
  const now = await newestChange(packages, name);
  const known = now && aliasIn(packages, name, now.text);
  if (JSON.stringify(known) !== JSON.stringify(was)) return false;

  return nextChange(packages, name, { after: now, text: toJson(is) });
}

function aliasIn(packages: GitlabPackages, name: string, text: string): Alias {
  const { release, before } = objectIn(text) ?? {};
  if (typeof release !== "string")
    throw damaged(
      packages.address,
      { name, version: "" },
      "its newest file names no version",
    );

  return { release, before: Array.isArray(before) ? before.map(String) : [] };
}
