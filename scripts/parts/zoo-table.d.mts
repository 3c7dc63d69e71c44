// biome-ignore lint/correctness/useImportExtensions: the file beside it is .mjs
import type { ZooResult, ZooRow } from "./zoo-rows.mjs";

export function zooTable(
  rows: readonly ZooRow[],
  results: ReadonlyMap<string, ZooResult | null>,
): string;
