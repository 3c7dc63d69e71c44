import { type KeyObject, sign, verify } from "node:crypto";

/** A DSSE envelope (Dead Simple Signing Envelope 1.0): a payload, its type, and signatures over both. */
export interface Envelope {
  /** Base64. */
  payload: string;
  payloadType: string;
  signatures: { keyid: string; sig: string }[];
}

export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** Signs a payload. With an Ed25519 key the same payload gives the same envelope; ECDSA signs anew each time. */
export function sealPayload(
  payload: Uint8Array,
  keyid: string,
  key: KeyObject,
): Envelope {
  const signature = sign(digestOf(key), preAuthEncoding(payload), key);

  return {
    payload: Buffer.from(payload).toString("base64"),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid, sig: signature.toString("base64") }],
  };
}

/** Whether a signature over a payload is of this key: 64 bytes of Ed25519, or ECDSA in DER. */
export function isSignedBy(
  payload: Uint8Array,
  signature: Uint8Array,
  key: KeyObject,
): boolean {
  return verify(digestOf(key), preAuthEncoding(payload), key, signature);
}

/** Ed25519 hashes for itself. */
function digestOf(key: KeyObject): "sha256" | null {
  return key.asymmetricKeyType === "ec" ? "sha256" : null;
}

/** Base64 in its one canonical form; null for any other text. */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

/** What DSSE signs: type and payload, each with its length in bytes. */
function preAuthEncoding(payload: Uint8Array): Buffer {
  const type = Buffer.from(PAYLOAD_TYPE);
  const head = `DSSEv1 ${type.length} ${PAYLOAD_TYPE} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
