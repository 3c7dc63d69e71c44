import type { Part } from "../text/message.ts";
import type { Contract } from "../validate/contract/contract.ts";
import type { Level } from "../version/change.ts";

/** A version in a registry. */
export interface CatalogueVersion {
  release: string;
  level: Level | null;
  since: string | null;
  changes: readonly string[];
  outcome: "pass" | "warn";
  /** Commit of the store that it was promoted from. */
  commit: string;
  /** Aliases that name it. */
  aliases: readonly string[];
  /** Where it lies. */
  place: string;
}

export interface ListedReport {
  path: string;
  size: number;
  sha256: string;
  /** A page for people. */
  url: string | null;
}

/** A model of the catalogue: in the store's branch, in a registry, or in both. */
export interface CatalogueEntry {
  name: string;
  /** What the branch holds; null where the model is in a registry alone. */
  published: {
    engine: string;
    outcome: "pass" | "warn";
    answer: readonly Part[];
    because: readonly Part[];
    files: readonly { path: string; size: number; sha256: string }[];
    inputs: readonly { path: string; sha256: string }[];
    /** Commands for a shell. */
    fetch: string | null;
    verify: string | null;
    /** A page for people. */
    url: string | null;
    signed: boolean;
    /** Its published report, as its manifest lists it; null where it has none. */
    report: ListedReport | null;
  } | null;
  /** File of its picture below `pictures/`; null where it has none. */
  picture: string | null;
  contract: Contract | null;
  /** The highest first. */
  versions: readonly CatalogueVersion[];
}

/** The whole site's facts. */
export interface Catalogue {
  store: string;
  branch: string;
  commit: string;
  registry: string | null;
  entries: readonly CatalogueEntry[];
  /** Of this program. */
  version: string;
  /** The folder of the documentation's pages. */
  docs: string;
}
