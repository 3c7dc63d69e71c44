import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { hashBytes } from "../disk/hash-file.ts";
import { UsageError } from "../errors.ts";
import type { TrustedIdentity } from "./identity.ts";

/** A public key that is trusted. */
export interface TrustedKey {
  /** sha256 of the key's DER form, 64 hex: the `keyid` of its signatures. */
  id: string;
  key: KeyObject;
}

/** Who is trusted: a key, or a pipeline that Sigstore certifies. */
export type Trusted = TrustedKey | TrustedIdentity;

/** Whether it is a key. */
export function isKey(trusted: Trusted): trusted is TrustedKey {
  return "key" in trusted;
}

/** A private key that signs, and its public half. */
export interface Signer extends TrustedKey {
  privateKey: KeyObject;
}

/** A pipeline that signs with a key of the moment; `seal` gives a Sigstore bundle. */
export interface KeylessSigner {
  id: string;
  seal(payload: Uint8Array): Promise<object>;
}

export type AnySigner = Signer | KeylessSigner;

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const MAKE_ONE = "make a pair with `model-to-edge keygen`";

/**
 * The public keys of a file, in its order; text between them is for people. Throws `UsageError` where it holds none, a
 * private one, a damaged one, or one of a type that nobody signs with here. `file` is for messages.
 */
export function parsePublicKeys(text: string, file: string): TrustedKey[] {
  const blocks = [...text.matchAll(BLOCK)];
  const begun = text.match(/-----BEGIN /g)?.length ?? 0;

  if (blocks.some(([, label]) => label?.includes("PRIVATE")))
    throw new UsageError(
      `${file} contains a private key, but is meant for Git`,
      {
        code: "key-private",
        hint: `anyone who saw it can sign: delete it there and make a new pair; ${MAKE_ONE}`,
      },
    );

  if (blocks.length === 0 || begun !== blocks.length)
    throw damaged(
      file,
      "public keys in PEM (-----BEGIN PUBLIC KEY----- … -----END PUBLIC KEY-----)",
    );

  return blocks.map(([block]) => {
    let key: KeyObject;
    try {
      key = createPublicKey(block);
    } catch {
      throw damaged(file, "a public key in PEM that can be read");
    }

    refuseOtherType(key, file);

    return { id: keyIdOf(key), key };
  });
}

/** The private key of a PEM text. Throws `UsageError`, never with the text; `name` says where it comes from. */
export function parseSigningKey(text: string, name: string): Signer {
  if (/ENCRYPTED/.test(text))
    throw new UsageError(`the signing key in ${name} has a passphrase`, {
      code: "key-encrypted",
      hint: `a pipeline cannot ask for it: keep an unencrypted key in a masked variable or a variable of type file; ${MAKE_ONE}`,
    });

  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(text);
  } catch {
    throw damaged(name, "a private key in PEM that can be read");
  }

  refuseOtherType(privateKey, name);
  const key = createPublicKey(privateKey);

  return { id: keyIdOf(key), key, privateKey };
}

/** sha256 of a public key's DER form, 64 hex. */
export function keyIdOf(key: KeyObject): string {
  const der = key.export({ type: "spki", format: "der" });
  return hashBytes(der);
}

/** An id as people see it: a key's is cut, an identity's is an address. */
export function shortId(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id;
}

/** Whether a key is of the kind that OpenSSF model signing knows: ECDSA over P-256. */
export function isP256({ key }: Pick<TrustedKey, "key">): boolean {
  return (
    key.asymmetricKeyType === "ec" &&
    key.asymmetricKeyDetails?.namedCurve === "prime256v1"
  );
}

function refuseOtherType(key: KeyObject, where: string): void {
  const type = key.asymmetricKeyType;
  if (type === "ed25519" || isP256({ key })) return;

  const curve = key.asymmetricKeyDetails?.namedCurve;
  const shown = curve ? `${type} (${curve})` : type;
  throw new UsageError(
    `the key in ${where} is of type ${shown}, neither Ed25519 nor ECDSA over P-256`,
    {
      code: "key-type",
      hint: `only these two types are supported: ${MAKE_ONE}`,
    },
  );
}

function damaged(where: string, wanted: string): UsageError {
  return new UsageError(`${where} does not hold ${wanted}`, {
    code: "key-damaged",
    hint: `it may be truncated or a different file: ${MAKE_ONE}`,
  });
}
