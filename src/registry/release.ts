import type { Level } from "../version/change.ts";
import type { ModelFacts } from "../version/compare-models.ts";

/** A file of a release: its name in the version's folder, bytes, sha256 (64 hex). */
export interface ReleaseFile {
  name: string;
  size: number;
  sha256: string;
}

/** `release.json`: the last file of a version to be written; a folder without it is no version. */
export interface Release {
  kind: "release";
  version: 1;
  algorithm: string;
  name: string;
  /** The release's own version, such as 1.2.0. */
  release: string;
  /** sha256 over the names and hashes of what makes the model: see `contentDigest`. */
  digest: string;
  source: {
    /** The store's URL, without credentials. */
    store: string;
    branch: string;
    commit: string;
    model: string;
  };
  /** What the checks said. */
  outcome: "pass" | "warn";
  /** From which version it was counted, and how much changed; null of the first. */
  since: { release: string; level: Level; changes: string[] } | null;
  /** What the next version is compared by. */
  facts: ModelFacts;
  files: ReleaseFile[];
}

/** Where the versions of one model lie. */
export interface ModelKey {
  algorithm: string;
  name: string;
}
