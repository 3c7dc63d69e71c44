import { createHash } from "node:crypto";
import { toJson } from "../document/document.ts";
import type { ConvertedModel } from "./convert-model.ts";

/**
 * Names what was done for all models of a run, 64 hex digits: `publication.json` states which conversions it is about. Of
 * two documents with the same data it is the same, whatever their spelling.
 */
export function conversionsId(
  models: readonly Pick<ConvertedModel, "conversion">[],
): string {
  const hash = createHash("sha256");
  for (const { conversion } of models) hash.update(toJson(conversion));

  return hash.digest("hex");
}
