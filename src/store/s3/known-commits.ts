import type { ChainedCommit } from "../commit-chain.ts";

/** What stays of a publication for ever: `commits/<id>.json`. */
export interface S3Commit extends ChainedCommit {
  branch: string;
  madeAt: string;
  message: string;
  /** sha256 of the object that lists its files. */
  tree: string;
}

/** What this process knows of publications: a record never changes, as its name is the hash of its bytes. */
export interface KnownCommits {
  /** By their ids. */
  commits: Map<string, S3Commit>;
  /** Records that were read one by one, by the branch that they were published in. */
  reads: Map<string, number>;
  /** Records that are missing, and were told. */
  missing: Set<string>;
  /** Branches of which content is gone, and it was told. */
  gone: Set<string>;
  /** Whether the lists of all branches were read, for a record that is missing. */
  searched: boolean;
}

/** Of a process that has read nothing yet. */
export function noCommits(): KnownCommits {
  return {
    ...{ commits: new Map(), reads: new Map() },
    ...{ missing: new Set(), gone: new Set(), searched: false },
  };
}
