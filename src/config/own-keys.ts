/** Keys of a model in `conversion.yaml` that are ours; any other one is an engine's name. */
export const OWN_KEYS: readonly string[] = [
  "engine",
  "files",
  "code",
  "samples",
  "classes",
  "profiles",
  "allow",
  "validate",
  "limits",
  "release",
  "handover",
  "golden",
  "lineage",
  "parameters",
];
