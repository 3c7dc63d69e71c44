import type { PublishedManifest } from "../model/manifest.ts";
import { proofOf } from "./attestation.ts";
import type { TrustedKey } from "./keys.ts";
import type { Origin } from "./statement.ts";

/** A model somewhere, with all that is needed to prove it. */
export interface FoundModel {
  /** Its name or folder, for people. */
  model: string;
  /** Null where `manifest.json` is damaged, or none of ours. */
  published: PublishedManifest | null;
  attestation: Uint8Array | null;
  /** sha256 by path, of the files that the manifest lists and that are there. */
  hash(published: PublishedManifest): Promise<ReadonlyMap<string, string>>;
  /** Files beside the manifest, by path from the branch's root: none but listed ones may be there. */
  beside: readonly string[];
  /** A place that need not be there, such as `evidence/` on a device. */
  mayLack(path: string): boolean;
}

export interface ModelProof {
  model: string;
  /** Null where there is a doubt. */
  proved:
    | (Origin & { key: string; outcome: "pass" | "warn"; files: number })
    | null;
  /** Why it is not proved, in plain words. */
  doubts: string[];
  /** Listed files that are not here and need not be. */
  missing: string[];
}

/** Is a model what a believed key signed, and are the files that are there the ones that were proved? */
export async function proveModel(
  found: FoundModel,
  keys: readonly TrustedKey[],
): Promise<ModelProof> {
  const { model, published, attestation } = found;
  const refused = (doubts: string[]): ModelProof => ({
    model,
    proved: null,
    doubts,
    missing: [],
  });
  if (!published)
    return refused(["its manifest.json is damaged, or none of ours"]);

  const { key, statement, doubt } = await proofOf(attestation, published, keys);
  const { files } = published.manifest;
  const hashes = await found.hash(published);
  const lacking = files.filter(({ path }) => !hashes.has(path));
  const doubts = [
    ...(doubt === null ? [] : [doubt]),
    ...said(
      "not what was proved",
      files.filter(
        ({ path, sha256 }) => (hashes.get(path) ?? sha256) !== sha256,
      ),
    ),
    ...said(
      "missing",
      lacking.filter(({ path }) => !found.mayLack(path)),
    ),
    ...said("proved by nobody", unlisted(found, published)),
  ];
  if (!statement || doubts.length > 0) return refused(doubts);

  const { git, data, pipeline, verdict } = statement.predicate;

  return {
    model,
    proved: {
      ...{ git, data, pipeline, key: key.id, outcome: verdict.outcome },
      files: hashes.size,
    },
    doubts,
    missing: lacking.map(({ path }) => path),
  };
}

function said(what: string, files: readonly { path: string }[]): string[] {
  const paths = files.map(({ path }) => path).join(", ");
  return files.length > 0 ? [`${what}: ${paths}`] : [];
}

function unlisted(
  { beside }: FoundModel,
  { manifest }: PublishedManifest,
): { path: string }[] {
  const listed = new Set(manifest.files.map(({ path }) => path));
  return beside.filter((path) => !listed.has(path)).map((path) => ({ path }));
}
