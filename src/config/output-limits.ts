/** What an engine's process may leave in its work folder. Set for a model in Git alone: `limits` of `conversion.yaml`. */
export interface OutputLimits {
  /** Files and folders, declared or not. */
  files: number;
  /** Folders below one another. */
  depth: number;
  /** Of one file and of all together, by their length: a hole in a file counts as its bytes. */
  gigabytes: number;
}

/** Far above what a conversion leaves: mmdeploy's has 20 files, three folders deep. */
export const OUTPUT_LIMITS: OutputLimits = {
  files: 10_000,
  depth: 32,
  gigabytes: 16,
};
