import type { Manifest } from "../../model/manifest.ts";
import type { Toolchain } from "../../model/toolchain.ts";
import type { FetchCommands } from "../../publish/fetch-commands.ts";
import type { Release } from "../../registry/release.ts";
import type { Contract } from "../../validate/contract/contract.ts";

/** All that the files about a release are rendered from: what is released, and nothing of the machine or the time. */
export interface ReleaseFacts {
  /** With the files that make the version, without those that are rendered from it. */
  release: Release;
  manifest: Manifest;
  /** Null where the model has none that can be read. */
  contract: Contract | null;
  /** Rules that Git loosened for the model; null where nobody says it. */
  exceptions: readonly string[] | null;
  /** As `release.license` has it; null: not stated. */
  license: string | null;
  /** Where the verdict was made; null where the model has no attestation. */
  origin: ReleaseOrigin | null;
  /** What it was converted with; null where the branch does not say it. */
  toolchain: Pick<Toolchain, "python" | "packages"> | null;
  /** Name of the card's file. */
  card: string;
  /** Lines for a shell. */
  commands: FetchCommands;
}

/** Of the attestation. */
export interface ReleaseOrigin {
  git: { project: string | null; ref: string | null; commit: string | null };
}
