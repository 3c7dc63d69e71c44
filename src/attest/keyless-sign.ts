import {
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate,
} from "node:crypto";
import type { Context } from "../context.ts";
import { AppError, ExternalError, UsageError } from "../errors.ts";
import { permanentFailure } from "../network/permanent-failure.ts";
import { type Envelope, sealPayload } from "./dsse.ts";
import type { TrustedIdentity } from "./identity.ts";

const WAIT_MS = 60_000;
const TRIES = 3;

type Net = Pick<Context, "fetch" | "signal">;

/**
 * Signs a payload with a key that lives for this signature: Fulcio certifies it for the pipeline's identity, and Rekor logs
 * it. Returns a Sigstore bundle, JSON. Throws `UsageError` where the identity is refused, `ExternalError` where Sigstore
 * does not answer.
 */
export async function signKeyless(
  net: Net,
  payload: Uint8Array,
  { fulcio, rekor }: Pick<TrustedIdentity, "fulcio" | "rekor">,
  token: string,
): Promise<object> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
  });
  const chain = await certify(net, fulcio, { publicKey, privateKey }, token);
  const certificate = new X509Certificate(chain[0] ?? "");
  const envelope = sealPayload(payload, "", privateKey);
  const entry = await log(net, rekor, envelope, chain[0] ?? "");

  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: certificate.raw.toString("base64") },
      tlogEntries: [entry],
    },
    dsseEnvelope: {
      ...envelope,
      signatures: envelope.signatures.map(({ sig }) => ({ sig })),
    },
  };
}

/** Certificates in PEM, the own one first. */
async function certify(
  net: Net,
  fulcio: string,
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
  token: string,
): Promise<string[]> {
  const proof = sign("sha256", Buffer.from(subjectOf(token)), privateKey);
  const answer = await post(net, `${fulcio}/api/v2/signingCert`, {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: {
        algorithm: "ECDSA",
        content: publicKey.export({ type: "spki", format: "pem" }),
      },
      proofOfPossession: proof.toString("base64"),
    },
  });
  const { signedCertificateEmbeddedSct, signedCertificateDetachedSct } =
    answer as Record<string, { chain?: { certificates?: string[] } }>;
  const certificates = (
    signedCertificateEmbeddedSct ?? signedCertificateDetachedSct
  )?.chain?.certificates;
  if (!certificates?.[0]) throw strange(fulcio, "no certificate");

  return certificates;
}

/** The claim that Fulcio wants signed. */
function subjectOf(token: string): string {
  const [, claims = ""] = token.split(".");
  let subject: unknown;
  try {
    ({ sub: subject } = JSON.parse(
      Buffer.from(claims, "base64url").toString("utf8"),
    ));
  } catch {
    subject = undefined;
  }
  if (typeof subject === "string" && subject !== "") return subject;

  throw new UsageError("the token for keyless signing is not a GitLab token", {
    code: "id-token",
    hint: "add to the job: id_tokens: {SIGSTORE_ID_TOKEN: {aud: sigstore}}",
  });
}

interface LogEntry {
  body: string;
  integratedTime: number;
  logID: string;
  logIndex: number;
  verification: {
    signedEntryTimestamp: string;
    inclusionProof?: {
      logIndex: number;
      rootHash: string;
      treeSize: number;
      hashes: string[];
      checkpoint: string;
    };
  };
}

/** The log's entry in the words of a bundle. */
async function log(
  net: Net,
  rekor: string,
  envelope: Envelope,
  certificate: string,
): Promise<object> {
  const answer = await post(net, `${rekor}/api/v1/log/entries`, {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      proposedContent: {
        envelope: JSON.stringify(envelope),
        verifiers: [Buffer.from(certificate).toString("base64")],
      },
    },
  });
  const [entry] = Object.values(answer as Record<string, LogEntry>);
  if (!entry?.verification?.signedEntryTimestamp)
    throw strange(rekor, "no entry of a log");

  const { inclusionProof, signedEntryTimestamp } = entry.verification;
  const hex = (text: string) => Buffer.from(text, "hex").toString("base64");

  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: hex(entry.logID) },
    kindVersion: { kind: "dsse", version: "0.0.1" },
    integratedTime: String(entry.integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    ...(inclusionProof && {
      inclusionProof: {
        logIndex: String(inclusionProof.logIndex),
        rootHash: hex(inclusionProof.rootHash),
        treeSize: String(inclusionProof.treeSize),
        hashes: inclusionProof.hashes.map(hex),
        checkpoint: { envelope: inclusionProof.checkpoint },
      },
    }),
    canonicalizedBody: entry.body,
  };
}

/** JSON in, JSON out. The token travels in the body, and is in no error. */
async function post(net: Net, url: string, body: object): Promise<unknown> {
  for (let tried = 1; ; tried++) {
    const answer = await net
      .fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.any([net.signal, AbortSignal.timeout(WAIT_MS)]),
      })
      .catch((error: Error) => {
        net.signal.throwIfAborted();
        refuseForGood(url, error);
        return error;
      });
    if (!(answer instanceof Error) && answer.ok)
      return answer.json().catch(() => {
        throw strange(url, "no JSON");
      });

    const status = answer instanceof Error ? null : answer.status;
    if (status !== null && status < 500 && status !== 429)
      throw new UsageError(`${url} refused to sign (${status})`, {
        code: "keyless-refused",
        hint: "give the token the audience of this Sigstore (aud: sigstore) and an issuer that it knows; a token expires within minutes",
      });
    if (tried < TRIES) continue;

    throw new ExternalError(
      `${url} does not answer (${status ?? "no connection"})`,
      {
        code: "keyless-unreachable",
        hint: "run again, or sign with a key: docs/signing.md",
      },
    );
  }
}

/** Throws where no other try can help. */
function refuseForGood(url: string, error: Error): void {
  if (error instanceof AppError) throw error;

  const failure = permanentFailure(error);
  if (failure)
    throw new UsageError(`${url} cannot be reached: ${failure.says}`, failure);
}

function strange(url: string, what: string): ExternalError {
  return new ExternalError(`${url} answered with ${what}`, {
    code: "keyless-answer",
    hint: "is it the address of a Sigstore server? See model-to-edge.identity.json",
  });
}
