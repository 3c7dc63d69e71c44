import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attest, proofOf } from "../../src/attest/attestation.ts";
import type { TrustedIdentity } from "../../src/attest/identity.ts";
import { keylessSigner } from "../../src/attest/keyless-signer.ts";
import { toyStore } from "../support/toy-store.ts";
import { verify } from "./signed-store.ts";
import { keyPair, ORIGIN, publishedManifest, signerOf } from "./signing.ts";
import {
  idToken,
  type SigstoreServer,
  startSigstore,
} from "./sigstore-server.ts";

const ISSUER = "https://git.test";
const SUBJECT = "https://git.test/ml/vision//.gitlab-ci.yml@refs/heads/main";
const TOKEN = idToken({ iss: ISSUER, sub: SUBJECT });
const published = publishedManifest();
const net = { fetch, signal: new AbortController().signal };

let sigstore: SigstoreServer;
let other: SigstoreServer;
beforeAll(async () => {
  sigstore = await startSigstore();
  other = await startSigstore();
});
afterAll(async () => {
  await sigstore.stop();
  await other.stop();
});

const identity = (change: Partial<TrustedIdentity> = {}): TrustedIdentity => ({
  ...{ id: SUBJECT, issuer: ISSUER, subjects: [SUBJECT] },
  ...{ fulcio: sigstore.url, rekor: sigstore.url },
  trustedRoot: sigstore.trustedRoot,
  ...change,
});
const signed = async (token = TOKEN, at = identity()) =>
  JSON.parse(
    Buffer.from(
      await attest(published, ORIGIN, keylessSigner(net, at, token)),
    ).toString(),
  );
const bytesOf = (data: unknown) => Buffer.from(JSON.stringify(data));

describe("a keyless attestation", () => {
  it("proves what the trusted pipeline signed, and keeps no key", async () => {
    const bytes = bytesOf(await signed());
    expect(await proofOf(bytes, published, [identity()])).toMatchObject({
      key: { id: SUBJECT },
      doubt: null,
      statement: { predicate: { model: "det" } },
    });
    expect(bytes.toString()).not.toContain("PRIVATE");
    expect(bytes.toString()).not.toContain(TOKEN);
  });

  it.each<
    [string, () => Promise<unknown>, () => Partial<TrustedIdentity>, RegExp]
  >([
    [
      "of another project",
      () =>
        signed(
          idToken({ iss: ISSUER, sub: SUBJECT.replace("vision", "evil") }),
        ),
      () => ({}),
      /evil.*not trusted here/,
    ],
    [
      "of another ref",
      () => signed(idToken({ iss: ISSUER, sub: `${SUBJECT}2` })),
      () => ({}),
      /not trusted here/,
    ],
    [
      "of another GitLab",
      () => signed(idToken({ iss: "https://evil.test", sub: SUBJECT })),
      () => ({}),
      /identity of the issuer "https:\/\/evil.test"/,
    ],
    [
      "by another Sigstore",
      () => signed(TOKEN, identity({ fulcio: other.url, rekor: other.url })),
      () => ({}),
      /the trusted Sigstore did not certify/,
    ],
    [
      "logged elsewhere",
      () => signed(TOKEN, identity({ rekor: other.url })),
      () => ({}),
      /the trusted Sigstore did not certify/,
    ],
    [
      "with a changed payload",
      async () => {
        const bundle = await signed();
        const payload = Buffer.from(bundle.dsseEnvelope.payload, "base64")
          .toString()
          .replace("det", "seg");
        bundle.dsseEnvelope.payload = Buffer.from(payload).toString("base64");
        return bundle;
      },
      () => ({}),
      /the trusted Sigstore did not certify/,
    ],
    [
      "without its entry in the log",
      async () => {
        const bundle = await signed();
        bundle.verificationMaterial.tlogEntries = [];
        return bundle;
      },
      () => ({}),
      /the trusted Sigstore did not certify/,
    ],
    [
      "with two signatures",
      async () => {
        const bundle = await signed();
        bundle.dsseEnvelope.signatures.push(bundle.dsseEnvelope.signatures[0]);
        return bundle;
      },
      () => ({}),
      /the trusted Sigstore did not certify/,
    ],
    [
      "with a key in the certificate's place",
      async () => {
        const bundle = await signed();
        const { publicKey } = generateKeyPairSync("ec", {
          namedCurve: "P-256",
        });
        bundle.verificationMaterial.certificate = {
          rawBytes: publicKey
            .export({ type: "spki", format: "der" })
            .toString("base64"),
        };
        return bundle;
      },
      () => ({}),
      /the trusted Sigstore did not certify/,
    ],
    [
      "of no form",
      async () => ({ mediaType: "x" }),
      () => ({}),
      /the trusted Sigstore did not certify/,
    ],
    [
      "where no subject fits",
      () => signed(),
      () => ({ subjects: ["https://git.test/ml/vision//*@refs/tags/*"] }),
      /not trusted here/,
    ],
  ])("proves nothing: signed %s", async (_what, make, change, why) => {
    const proof = await proofOf(bytesOf(await make()), published, [
      identity(change()),
    ]);
    expect(proof.doubt).toMatch(why);
  });

  it("is none for who trusts keys alone, nor the other way round; a star stands for any text", async () => {
    const bytes = bytesOf(await signed());
    const signer = signerOf(keyPair());
    expect((await proofOf(bytes, published, [signer])).doubt).toMatch(
      /no identity is trusted/,
    );
    const byKey = await attest(published, ORIGIN, signer);
    expect((await proofOf(byKey, published, [identity()])).doubt).toMatch(
      /not trusted here/,
    );
    expect(
      (await proofOf(byKey, published, [identity(), signer])).doubt,
    ).toBeNull();
    const any = identity({ subjects: ["https://git.test/ml/*@refs/heads/*"] });
    expect((await proofOf(bytes, published, [any])).doubt).toBeNull();
  });

  it.each<[string, () => [string, TrustedIdentity], string, number]>([
    ["no token", () => ["abc", identity()], "id-token", 2],
    [
      "a server that refuses",
      () => [TOKEN, identity({ fulcio: `${sigstore.url}/no` })],
      "keyless-refused",
      2,
    ],
    [
      "a server that is not there",
      () => [TOKEN, identity({ fulcio: "http://127.0.0.1:4" })],
      "keyless-unreachable",
      3,
    ],
    [
      "a port that fetch blocks",
      () => [TOKEN, identity({ fulcio: "http://127.0.0.1:6000" })],
      "endpoint",
      2,
    ],
  ])("is not made with %s", async (_what, make, code, exitCode) => {
    const [token, at] = make();
    await expect(signed(token, at)).rejects.toMatchObject({ code, exitCode });
  });
});

describe("a run with an identity in Git", () => {
  it("signs with the job's token, finds it unchanged, and verify says whose it is; without the token it publishes nothing", {
    timeout: 600_000,
  }, async () => {
    const store = toyStore();
    const file = join(store.cwd, "model-to-edge.identity.json");
    writeFileSync(
      join(store.cwd, "trusted_root.json"),
      JSON.stringify(sigstore.trustedRoot),
    );
    const trust = (subject: string) =>
      writeFileSync(
        file,
        JSON.stringify({
          ...{ issuer: ISSUER, subjects: [subject] },
          ...{ fulcio: sigstore.url, rekor: sigstore.url },
          trusted_root: "trusted_root.json",
        }),
      );
    trust(SUBJECT);
    const env = { SIGSTORE_ID_TOKEN: TOKEN };
    const refused = await store.run();
    expect(refused.stdout).toContain("no signing key");
    expect(refused.code).toBe(2);
    const { code, stdout: log } = await store.run([], { env });
    expect({ code, log }).toMatchObject({ code: 0 });
    expect((await store.run()).code).toBe(0);
    expect(store.summary()).toMatchObject({
      models: [{ status: "unchanged" }],
      notices: [],
    });
    const proof = await verify(store, store.branch);
    expect({ code: proof.code, log: proof.stdout }).toMatchObject({
      code: 0,
      log: expect.stringContaining(`signed by ${SUBJECT}`),
    });
    trust(SUBJECT.replace("vision", "other"));
    expect((await verify(store, store.branch)).code).toBe(1);
    writeFileSync(file, "{}");
    expect((await store.run([], { env })).code).toBe(2);
  });
});
