import type { Level } from "../version/change.ts";
import type { HandoverState } from "./handover/state.ts";

/** `promotion.json`: what a promotion did. */
export interface Promotion {
  kind: "promotion";
  version: 1;
  /** `planned`: with `--dry-run`, nothing was written. `there`: the same model is there under this version. */
  status: "promoted" | "there" | "planned";
  /** The registry's URL, without credentials. */
  registry: string;
  algorithm: string;
  name: string;
  release: string;
  digest: string;
  since: { release: string; level: Level; changes: string[] } | null;
  source: { store: string; branch: string; commit: string; model: string };
  /** Where the version lies, for people. */
  link: string;
  files: { name: string; size: number; sha256: string }[];
  /** Aliases that name this version now, and what they named before. */
  aliases: { name: string; was: string | null }[];
  /** The one that brought the model to the branch; null where the store does not tell. */
  merge_request: { iid: number; url: string | null } | null;
  /** What was run afterwards, see `handover:` of conversion.yaml. */
  handover: HandoverState[];
}
