import type { StoredFile } from "../store/store.ts";
import type { Fingerprint } from "./fingerprint.ts";

/** `edge/[<name>/]manifest.json`: one per model. No commit, pipeline or time: the same result is the same bytes. */
export interface Manifest {
  kind: "manifest";
  version: 1;
  name: string;
  engine: string;
  fingerprint: Fingerprint;
  /** Inputs by store token and sha256, so that anybody can tell what the verdict covers. */
  inputs: StoredFile[];
  /** Every published file of the model, path from the branch's root, without the manifest itself. */
  files: StoredFile[];
  verdict: { outcome: "pass" | "warn"; sentence: string };
}
