import { hashBytes } from "../disk/hash-file.ts";
import { attestationPath } from "../model/layout.ts";
import type { PublishedManifest } from "../model/manifest.ts";
import { proofOf } from "./attestation.ts";
import type { Witnesses } from "./author.ts";
import { proofOfFolder } from "./model-signature.ts";
import { doubtOf } from "./publisher.ts";
import type { Origin } from "./statement.ts";

/** A model somewhere, with all that is needed to prove it. */
export interface FoundModel {
  /** Its name or folder, for people. */
  model: string;
  /** Null where `manifest.json` is damaged, or none of ours. */
  published: PublishedManifest | null;
  attestation: Uint8Array | null;
  /** OpenSSF's signature of the folder, where there is one. */
  signature: Uint8Array | null;
  /** Snapshot of the store where it lies; null for a folder. */
  snapshot: string | null;
  /** sha256 by path, of the files that the manifest lists and that are there. */
  hash(published: PublishedManifest): Promise<ReadonlyMap<string, string>>;
  /** Inputs of the manifest that are not those which lie in the model's folder now; null where that is not here. */
  otherInputs(published: PublishedManifest): Promise<string[] | null>;
  /** Files beside the manifest, by path from the branch's root: none but listed ones may be there. */
  beside: readonly string[];
  /** A place that need not be there, such as `evidence/` on a device. */
  mayLack(path: string): boolean;
}

export interface ModelProof {
  model: string;
  /** Null where there is a doubt. */
  proved: Proved | null;
  /** Why it is not proved, in plain words. */
  doubts: string[];
  /** Listed files that are not here and need not be. */
  missing: string[];
}

export interface Proved {
  /** Id of the key that signed it; null where only the store's server vouches, or nobody. */
  key: string | null;
  /** The store's user who published it, where no key did; null beside no key: nobody was asked. */
  user: string | null;
  /** Where a key signed it. */
  origin: Origin | null;
  /** Null for a folder that is signed and holds no manifest of ours. */
  outcome: "pass" | "warn" | null;
  files: number;
  /** Whether its inputs were seen to be what lies in the model's folder; null where that is not here. */
  inputs: "same" | null;
}

/** Begins the doubt about a verdict whose inputs changed. */
export const OTHER_INPUTS =
  "it was made for other inputs than the current ones";

/** Is a model what a trusted key signed, or the publisher published, and are the files that are there the proved ones? */
export async function proveModel(
  found: FoundModel,
  witnesses: Witnesses,
): Promise<ModelProof> {
  const { model, published } = found;
  if (!published)
    return refused(model, [
      "its manifest.json is damaged or was not written by model-to-edge",
    ]);

  const { doubt, ...vouched } = await voucherOf(found, published, witnesses);
  const { files, verdict } = published.manifest;
  const hashes = await found.hash(published);
  const lacking = files.filter(({ path }) => !hashes.has(path));
  const other = await found.otherInputs(published);
  const folder = folderHashes(found, published, hashes);
  const signature =
    found.signature && witnesses.keys.length > 0 && !witnesses.unsigned
      ? await proofOfFolder(found.signature, folder, witnesses.keys)
      : null;

  const doubts = [
    ...[doubt, signature?.doubt].filter((text) => text != null),
    ...said(
      "not what was verified",
      files.filter(
        ({ path, sha256 }) => (hashes.get(path) ?? sha256) !== sha256,
      ),
    ),
    ...said(
      "missing, or different from what the store lists",
      lacking.filter(({ path }) => !found.mayLack(path)),
    ),
    ...said("not verified by anyone", unlisted(found, published)),
    ...said(
      OTHER_INPUTS,
      (other ?? []).map((path) => ({ path })),
    ),
  ];
  if (doubts.length > 0) return refused(model, doubts);

  return {
    model,
    proved: {
      ...vouched,
      outcome: verdict.outcome,
      files: hashes.size,
      inputs: other && "same",
    },
    doubts,
    missing: lacking.map(({ path }) => path),
  };
}

/** sha256 of all that lies beside the manifest and was proved, and of it, by path in the folder. */
function folderHashes(
  { attestation }: FoundModel,
  { path: pointer, bytes }: PublishedManifest,
  hashes: ReadonlyMap<string, string>,
): Map<string, string> {
  const folder = pointer.slice(0, pointer.lastIndexOf("/") + 1);
  const own = [...hashes].filter(([path]) => path.startsWith(folder));
  const small: [string, string][] = attestation
    ? [[attestationPath(pointer), hashBytes(attestation)]]
    : [];

  return new Map(
    [...own, ...small, [pointer, hashBytes(bytes)] as const].map(
      ([path, hash]) => [path.slice(folder.length), hash],
    ),
  );
}

type Voucher = Pick<Proved, "key" | "user" | "origin"> & {
  doubt: string | null;
};

async function voucherOf(
  { attestation, snapshot }: FoundModel,
  published: PublishedManifest,
  { keys, publisher, unsigned }: Witnesses,
): Promise<Voucher> {
  if (unsigned) return { key: null, user: null, origin: null, doubt: null };

  if (keys.length === 0 && publisher && snapshot !== null) {
    const doubt = await doubtOf(publisher, snapshot, published);
    return { key: null, user: publisher.user, origin: null, doubt };
  }

  const { key, statement, doubt } = await proofOf(attestation, published, keys);
  if (!statement) return { key: null, user: null, origin: null, doubt };

  const { git, data, pipeline } = statement.predicate;
  return { key: key.id, user: null, origin: { git, data, pipeline }, doubt };
}

function refused(model: string, doubts: string[]): ModelProof {
  return { model, proved: null, doubts, missing: [] };
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
