import { generateKeyPairSync } from "node:crypto";
import { parseSigningKey, type Signer } from "../../src/attest/keys.ts";
import type { Origin } from "../../src/attest/statement.ts";
import { toJson } from "../../src/document/document.ts";
import type { Manifest, PublishedManifest } from "../../src/model/manifest.ts";

export interface KeyPair {
  /** PEM. */
  privateKey: string;
  /** PEM. */
  publicKey: string;
}

type KeyType = "ed25519" | "p256" | "rsa" | "p384" | "x25519";

/** A pair as `keygen` makes it, or of a type that nobody may sign with. */
export function keyPair(type: KeyType = "ed25519"): KeyPair {
  const { privateKey, publicKey } = generated(type);
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

function generated(type: KeyType) {
  if (type === "rsa")
    return generateKeyPairSync("rsa", { modulusLength: 2048 });
  if (type === "p256")
    return generateKeyPairSync("ec", { namedCurve: "P-256" });
  if (type === "p384")
    return generateKeyPairSync("ec", { namedCurve: "P-384" });
  if (type === "x25519") return generateKeyPairSync("x25519");
  return generateKeyPairSync("ed25519");
}

export function signerOf({ privateKey }: KeyPair): Signer {
  return parseSigningKey(privateKey, "the test");
}

export const ORIGIN: Origin = {
  git: { project: "a/b", ref: "feature/x", commit: "c".repeat(40) },
  data: { store: "lakefs://vision", branch: "feature--x", commit: "d1" },
  pipeline: null,
};

/** A manifest as it lies in a branch. */
export function publishedManifest(
  change: Partial<Manifest> = {},
): PublishedManifest {
  const stored = (path: string, digit: string) => ({
    path,
    size: 1,
    token: `t:${path}`,
    sha256: digit.repeat(64),
  });
  const manifest: Manifest = {
    kind: "manifest",
    version: 3,
    name: "det",
    engine: "toy",
    fingerprint: {
      spec: "1".repeat(64),
      exec: "2".repeat(64),
      verdict: "3".repeat(64),
    },
    inputs: [stored("model/det/w", "4")],
    files: [
      stored("edge/det/end2end.onnx", "5"),
      stored("evidence/det/references.safetensors", "6"),
    ],
    verdict: { outcome: "pass", reason: "equal", answer: [], because: [] },
    ...change,
  };
  return {
    manifest,
    bytes: Buffer.from(toJson(manifest)),
    path: `edge/${manifest.name}/manifest.json`,
  };
}
