import { hashBytes } from "../../disk/hash-file.ts";
import type { CatalogueEntry } from "../../registry/catalogue.ts";

/** Characters of a file's name, well below what file systems take. */
const LONGEST = 200;

/**
 * A file name for the model's page, or for its picture: the name itself if it is a plain one; else its bytes in hex, or
 * where that is too long their sha256, each after a `~`, which no plain name has.
 */
export function pageName(
  { name }: Pick<CatalogueEntry, "name">,
  ending: "html" | "png" = "html",
): string {
  return `${stemOf(name)}.${ending}`;
}

function stemOf(name: string): string {
  const isPlain = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name);
  if (isPlain && name.length <= LONGEST) return name;

  const hex = Buffer.from(name).toString("hex");
  return hex.length <= LONGEST ? `~${hex}` : `~~${hashBytes(name)}`;
}
