import { createHash, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
} from "@sigstore/mock";

/** Sigstore's own stand-in for its servers, on a port of this machine, and the trusted root that belongs to it. */
export interface SigstoreServer {
  url: string;
  trustedRoot: object;
  stop(): Promise<void>;
}

const keyPair = (namedCurve: string) =>
  generateKeyPairSync("ec", { namedCurve });
const sha256 = (bytes: Uint8Array) =>
  createHash("sha256").update(bytes).digest();

export async function startSigstore(): Promise<SigstoreServer> {
  const ctLog = await initializeCTLog(keyPair("prime256v1"));
  const ca = await initializeCA(keyPair("secp384r1"), ctLog);
  const tlog = await initializeTLog("http://rekor.test", keyPair("prime256v1"));
  const certify = fulcioHandler(ca);

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      answer(request.url ?? "", body)
        .then(({ status, text }) => {
          response.writeHead(status, { "content-type": "application/json" });
          response.end(text);
        })
        .catch((error: Error) => {
          response.writeHead(500);
          response.end(error.message);
        });
    });
  });
  const answer = async (path: string, body: string) => {
    if (path === "/api/v2/signingCert") {
      const { statusCode, response } = await certify.fn(body);
      return { status: statusCode, text: String(response) };
    }
    if (path !== "/api/v1/log/entries") return { status: 404, text: "{}" };
    const entry = await tlog.log(canonical(JSON.parse(body) as Proposed));
    return { status: 201, text: JSON.stringify(entry) };
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const since = { start: new Date(Date.now() - 60_000).toISOString() };
  const logOf = (publicKey: Uint8Array) => ({
    baseUrl: "http://rekor.test",
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: Buffer.from(publicKey).toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor: since,
    },
    logId: { keyId: sha256(publicKey).toString("base64") },
  });
  const root = ca.rootCertificate;

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trustedRoot: {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [logOf(tlog.publicKey)],
      certificateAuthorities: [
        {
          subject: { organization: "sigstore.mock", commonName: "sigstore" },
          uri: "http://fulcio.test",
          certChain: {
            certificates: [
              {
                rawBytes: Buffer.from(root.buffer as ArrayBuffer).toString(
                  "base64",
                ),
              },
            ],
          },
          validFor: since,
        },
      ],
      ctlogs: [logOf(ctLog.publicKey)],
      timestampAuthorities: [],
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

interface Proposed {
  apiVersion: string;
  kind: string;
  spec: { proposedContent: { envelope: string; verifiers: string[] } };
}

/** What the real log stores of a proposed envelope (Rekor's type dsse 0.0.1): its hashes, and its signatures. */
function canonical({ apiVersion, kind, spec }: Proposed): object {
  const { envelope, verifiers } = spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope) as {
    payload: string;
    signatures: { sig: string }[];
  };
  const hash = (bytes: Uint8Array) => ({
    algorithm: "sha256",
    value: sha256(bytes).toString("hex"),
  });
  return {
    apiVersion,
    kind,
    spec: {
      envelopeHash: hash(Buffer.from(envelope)),
      payloadHash: hash(Buffer.from(payload, "base64")),
      signatures: signatures.map(({ sig }, index) => ({
        signature: sig,
        verifier: verifiers[index],
      })),
    },
  };
}

/** A token as GitLab's `id_tokens` would give it; nobody checks its signature here. */
export function idToken(claims: { iss: string; sub: string }): string {
  const part = (data: object) =>
    Buffer.from(JSON.stringify(data)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.x`;
}
