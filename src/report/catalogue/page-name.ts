import type { CatalogueEntry } from "../../registry/catalogue.ts";

/** A file name for the model's page, or for its picture: the name itself if it is a plain one. */
export function pageName(
  { name }: Pick<CatalogueEntry, "name">,
  ending: "html" | "png" = "html",
): string {
  const plain = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name);
  return `${plain ? name : Buffer.from(name).toString("hex")}.${ending}`;
}
