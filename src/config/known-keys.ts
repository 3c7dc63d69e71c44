import { OUTPUT_LIMITS } from "./output-limits.ts";

/** The keys that `conversion.yaml` takes below each key of its own, as its schema has them. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  "": ["version", "defaults", "models"],
  allow: ["missing", "unexpected"],
  limits: Object.keys(OUTPUT_LIMITS),
  lineage: ["parent_spec_fp", "parent_exec_fp", "parent_training_run_id"],
  parameters: ["template"],
  release: [
    ...["algorithm", "name", "scheme", "project", "kind", "license", "files"],
  ],
  handover: ["name", "run", "with", "files", "env", "timeout", "next"],
  validate: ["shapes", "tolerance", "performance", "off"],
  tolerance: ["sqnr_db", "range_relative", "absolute", "min_values"],
  performance: [
    ...["p95_ms", "load_ms", "memory_mb", "size_mb", "slower_than_published"],
  ],
};

/** What may stand at a path of keys, such as `models`, `detector`, `release`. An entry of a list has the list's. */
export function knownKeys(path: readonly string[]): readonly string[] {
  const named = path.filter((key) => !/^\d+$/.test(key));
  return BELOW[named.at(-1) ?? ""] ?? [];
}
