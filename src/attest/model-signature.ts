import { createHash, type KeyObject } from "node:crypto";
import { hashBytes } from "../disk/hash-file.ts";
import { isBelow } from "../disk/is-below.ts";
import { toJson } from "../document/document.ts";
import { checkAgainst } from "../document/schema.ts";
import { type Envelope, fromBase64, isSignedBy, sealPayload } from "./dsse.ts";
import {
  type AnySigner,
  isKey,
  isP256,
  type Trusted,
  type TrustedKey,
} from "./keys.ts";

// OpenSSF model signing 1.0: a Sigstore bundle over an in-toto statement that lists a folder's files.

const BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PREDICATE_TYPE = "https://model_signing/signature/v1.0";

/** Name of the signature in the folder that it signs, which does not list itself. */
export const MODEL_SIGNATURE = "model.sig";

/** sha256 by path in the folder. */
export type FolderHashes = ReadonlyMap<string, string>;

interface Bundle {
  mediaType: string;
  verificationMaterial: { publicKey: { hint?: string | null } };
  dsseEnvelope: Envelope;
}

interface FolderStatement {
  subject: [{ digest: { sha256: string } }];
  predicate: {
    serialization: { ignore_paths?: string[] };
    resources: { name: string; digest: string }[];
  };
}

/** `model.sig` of a folder; only ECDSA keys make one that others can verify, so null for an Ed25519 key. */
export function signFolder(
  name: string,
  files: FolderHashes,
  signer: AnySigner,
): Uint8Array | null {
  if ("seal" in signer || !isP256(signer)) return null;

  const resources = [...files]
    .map(([path, digest]) => ({ name: path, algorithm: "sha256", digest }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const payload = Buffer.from(
    JSON.stringify({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name, digest: { sha256: rootOf(resources) } }],
      predicateType: PREDICATE_TYPE,
      predicate: {
        serialization: {
          method: "files",
          hash_type: "sha256",
          allow_symlinks: false,
          ignore_paths: [MODEL_SIGNATURE],
        },
        resources,
      },
    }),
  );

  return Buffer.from(
    toJson({
      mediaType: BUNDLE_TYPE,
      verificationMaterial: {
        publicKey: { hint: hintOf(signer.key) },
        tlogEntries: [],
      },
      dsseEnvelope: sealPayload(payload, "", signer.privateKey),
    }),
  );
}

/** What a folder's signature proves, or in plain words why it proves nothing. */
export type FolderProof =
  | { key: TrustedKey; ignored: string[]; doubt: null }
  | { key: null; ignored: string[]; doubt: string };

/**
 * Is this folder what one of the keys signed, file by file? `files` are all that lie in it but the signature. Never throws
 * for what the bytes hold.
 */
export async function proofOfFolder(
  bytes: Uint8Array,
  files: FolderHashes,
  trusted: readonly Trusted[],
): Promise<FolderProof> {
  const bundle = await parsed<Bundle>(bytes, "model-signature");
  const payload = bundle && fromBase64(bundle.dsseEnvelope.payload);
  if (!bundle || !payload)
    return doubted(
      "its model.sig is damaged or of an unsupported kind (only signatures by a key are supported)",
    );

  const [signed] = bundle.dsseEnvelope.signatures;
  const signature = fromBase64(signed?.sig ?? "") ?? Buffer.alloc(0);
  const keys = trusted.filter(isKey);
  const key = keys.find(
    (candidate) =>
      isP256(candidate) && isSignedBy(payload, signature, candidate.key),
  );
  if (!key)
    return doubted(
      "its model.sig was not made with a key that is trusted here",
    );

  const statement = await parsed<FolderStatement>(
    payload,
    "model-signature-statement",
  );
  if (!statement)
    return doubted(
      "its model.sig lists files in an unsupported way (only sha256 of whole files is supported)",
    );

  const { subject, predicate } = statement;
  if (subject[0].digest.sha256 !== rootOf(predicate.resources))
    return doubted("its model.sig contradicts itself");

  const ignore = ignoredBy(predicate.serialization.ignore_paths ?? []);
  const doubt = difference(predicate.resources, files, ignore);
  if (doubt !== null) return doubted(doubt);

  return { key, ignored: [...files.keys()].filter(ignore).sort(), doubt };
}

function doubted(doubt: string): FolderProof {
  return { key: null, ignored: [], doubt };
}

function difference(
  resources: FolderStatement["predicate"]["resources"],
  files: FolderHashes,
  ignore: (path: string) => boolean,
): string | null {
  const signed = new Map(resources.map(({ name, digest }) => [name, digest]));
  const paths = [...new Set([...signed.keys(), ...files.keys()])];
  const other = paths
    .filter((path) => signed.get(path) !== files.get(path))
    .filter((path) => signed.has(path) || !ignore(path))
    .sort();

  return other.length === 0
    ? null
    : `its model.sig covers different files: ${other.join(", ")}`;
}

/** What the signer left out, and what belongs to Git, as OpenSSF's own program has it. */
function ignoredBy(paths: readonly string[]): (path: string) => boolean {
  const all = [...paths, ".git", ".gitattributes", ".github", ".gitignore"].map(
    (path) => path.replace(/\/+$/, ""),
  );

  return (path) => all.some((ignored) => isBelow(path, ignored));
}

/** sha256 over all digests in their order. */
function rootOf(resources: readonly { digest: string }[]): string {
  const hash = createHash("sha256");
  for (const { digest } of resources) hash.update(Buffer.from(digest, "hex"));
  return hash.digest("hex");
}

function hintOf(key: KeyObject): string {
  const pem = key.export({ type: "spki", format: "pem" });
  return hashBytes(pem);
}

/** JSON of a known form; null for all else. */
async function parsed<T>(
  bytes: Uint8Array,
  schema: "model-signature" | "model-signature-statement",
): Promise<T | null> {
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder("utf8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }

  return (await checkAgainst(schema, data)).length === 0 ? (data as T) : null;
}
