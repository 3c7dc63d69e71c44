import { toJson } from "../document/document.ts";
import { checkAgainst } from "../document/schema.ts";
import type { PublishedManifest } from "../model/manifest.ts";
import { type Envelope, fromBase64, isSignedBy, sealPayload } from "./dsse.ts";
import type { TrustedIdentity } from "./identity.ts";
import {
  type AnySigner,
  isKey,
  shortId,
  type Trusted,
  type TrustedKey,
} from "./keys.ts";
import {
  contradiction,
  type Origin,
  type Statement,
  statementOf,
} from "./statement.ts";

/** Bytes of the largest attestation that is read. */
export const ATTESTATION_LIMIT = 32 << 20;

/** `attestation.json` of a manifest: a DSSE envelope, or a Sigstore bundle that holds one; JSON. */
export async function attest(
  published: PublishedManifest,
  origin: Origin,
  signer: AnySigner,
): Promise<Uint8Array> {
  const payload = Buffer.from(JSON.stringify(statementOf(published, origin)));
  const signed =
    "seal" in signer
      ? await signer.seal(payload)
      : sealPayload(payload, signer.id, signer.privateKey);

  return Buffer.from(toJson(signed));
}

/** What an attestation proves, or in plain words why it proves nothing. */
export type Proof =
  | { key: Trusted; statement: Statement; doubt: null }
  | { key: null; statement: null; doubt: string };

/**
 * Is this manifest what one of the keys signed? Never throws for what the bytes hold: whoever may write to the branch
 * chose them. Exactly one signature is accepted, as exactly one is made.
 */
export async function proofOf(
  bytes: Uint8Array | null,
  published: PublishedManifest,
  trusted: readonly Trusted[],
): Promise<Proof> {
  if (bytes === null)
    return doubted("it is not signed: it has no attestation.json");

  const bundle = bundleIn(bytes);
  if (bundle !== null) return proofByBundle(bundle, published, trusted);

  const keys = trusted.filter(isKey);
  const envelope = await parsed<Envelope>(bytes, "attestation");
  const payload = envelope && fromBase64(envelope.payload);
  if (!envelope || !payload)
    return doubted("its attestation.json is damaged or is not an attestation");

  const [signed, ...more] = envelope.signatures;
  if (!signed || more.length > 0)
    return doubted(
      `its attestation has ${envelope.signatures.length} signatures; exactly one is accepted`,
    );

  const signature = fromBase64(signed.sig) ?? Buffer.alloc(0);
  const key = keys.find(
    (candidate) =>
      candidate.id === signed.keyid &&
      isSignedBy(payload, signature, candidate.key),
  );

  if (!key) return doubted(unknownSignature(signed.keyid, keys));

  return proofByStatement(payload, published, key);
}

async function proofByStatement(
  payload: Uint8Array,
  published: PublishedManifest,
  key: Trusted,
): Promise<Proof> {
  const statement = await parsed<Statement>(payload, "attestation-statement");
  if (!statement)
    return doubted("this version does not support the form of its attestation");

  const doubt = contradiction(statement, published);

  return doubt === null ? { key, statement, doubt } : doubted(doubt);
}

/** The readers of certificates are loaded only where somebody signed with one. */
async function proofByBundle(
  bundle: unknown,
  published: PublishedManifest,
  trusted: readonly Trusted[],
): Promise<Proof> {
  const { proofOfBundle } = await import("./keyless-verify.ts");
  const identities = trusted.filter(
    (candidate): candidate is TrustedIdentity => !isKey(candidate),
  );
  const { identity, payload, doubt } = proofOfBundle(bundle, identities);

  return identity === null
    ? doubted(doubt)
    : proofByStatement(payload, published, identity);
}

/** JSON that says it is a Sigstore bundle; null for all else. */
function bundleIn(bytes: Uint8Array): unknown {
  const data = jsonOf(bytes) as { mediaType?: unknown } | null | undefined;
  return typeof data?.mediaType === "string" ? data : null;
}

function doubted(doubt: string): Proof {
  return { key: null, statement: null, doubt };
}

function unknownSignature(keyid: string, keys: readonly TrustedKey[]): string {
  const known = keys.some(({ id }) => id === keyid);
  return known
    ? "the signature of its attestation does not match the key that it names"
    : `it is signed by a key that is not trusted here (${/^[0-9a-f]{64}$/.test(keyid) ? shortId(keyid) : "without a valid ID"})`;
}

/** JSON of a known form; null for all else. */
async function parsed<T>(
  bytes: Uint8Array,
  schema: "attestation" | "attestation-statement",
): Promise<T | null> {
  const data = jsonOf(bytes);
  if (data === undefined) return null;

  return (await checkAgainst(schema, data)).length === 0 ? (data as T) : null;
}

/** Undefined where the bytes are no JSON. */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
