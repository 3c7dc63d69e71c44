import { describe, expect, it } from "vitest";
import { attest, proofOf } from "../../src/attest/attestation.ts";
import { type Envelope, sealPayload } from "../../src/attest/dsse.ts";
import type { Statement } from "../../src/attest/statement.ts";
import { keyPair, ORIGIN, publishedManifest, signerOf } from "./signing.ts";

const signer = signerOf(keyPair());
const foreign = signerOf(keyPair());
const published = publishedManifest();
const genuine = await attest(published, ORIGIN, signer);
const foreignly = await attest(published, ORIGIN, foreign);
const envelope = JSON.parse(genuine.toString()) as Envelope;
const payload = Buffer.from(envelope.payload, "base64");
const statement = JSON.parse(payload.toString()) as Statement;

const bytesOf = (data: unknown) => Buffer.from(JSON.stringify(data));
const sealed = (data: unknown) =>
  bytesOf(sealPayload(bytesOf(data), signer.id, signer.privateKey));
/** A signature of our own key over a changed statement: what a patched program with the key would make. */
const signedWith = (change: Partial<Statement>) =>
  sealed({ ...statement, ...change });
const predicate = (change: object) =>
  signedWith({ predicate: { ...statement.predicate, ...change } });
const flipped = (text: string) => {
  const bytes = Buffer.from(text, "base64");
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  return bytes.toString("base64");
};
const [signature] = envelope.signatures;
if (!signature) throw new Error("no signature");

describe("an attestation", () => {
  it("proves the manifest that it was made of, with where it came from", async () => {
    expect(await proofOf(genuine, published, [foreign, signer])).toMatchObject({
      key: { id: signer.id },
      doubt: null,
      statement: { predicate: { data: { commit: "d1" }, model: "det" } },
    });
  });

  it("is an in-toto statement whose subjects are the manifest and every published file", () => {
    expect(envelope.payloadType).toBe("application/vnd.in-toto+json");
    expect(statement._type).toBe("https://in-toto.io/Statement/v1");
    expect(statement.subject.map(({ name }) => name)).toEqual([
      "edge/det/manifest.json",
      "edge/det/end2end.onnx",
      "evidence/det/references.safetensors",
    ]);
  });

  it("knows no time: the same result, whatever the clock says, is the same bytes", async () => {
    expect(await attest(published, ORIGIN, signer)).toEqual(genuine);
    expect(payload.toString()).not.toMatch(
      /\d{4}-\d\d-\d\dT|expires|notAfter/i,
    );
  });

  it.each<[string, Uint8Array | null, RegExp]>([
    ["missing", null, /no attestation\.json/],
    ["empty", Buffer.alloc(0), /damaged/],
    ["cut in the middle", genuine.subarray(0, genuine.length / 2), /damaged/],
    ["cut by its last brace", genuine.subarray(0, -3), /damaged/],
    ["no JSON object", bytesOf([1]), /damaged/],
    ["a manifest in its place", published.bytes, /damaged/],
    [
      "a payload that is not base64",
      bytesOf({ ...envelope, payload: "%%%" }),
      /damaged/,
    ],
    [
      "a payload with blanks that a decoder skips",
      bytesOf({ ...envelope, payload: ` ${envelope.payload}` }),
      /damaged/,
    ],
    [
      "another payload type",
      bytesOf({ ...envelope, payloadType: "text/plain" }),
      /damaged/,
    ],
    ["no signature", bytesOf({ ...envelope, signatures: [] }), /0 signatures/],
    [
      "its signature twice",
      bytesOf({ ...envelope, signatures: [signature, signature] }),
      /2 signatures/,
    ],
    [
      "a foreign signature before ours",
      bytesOf({
        ...envelope,
        signatures: [{ keyid: foreign.id, sig: signature.sig }, signature],
      }),
      /2 signatures/,
    ],
    [
      "a changed payload",
      bytesOf({ ...envelope, payload: flipped(envelope.payload) }),
      /does not match the key/,
    ],
    [
      "a changed signature",
      bytesOf({
        ...envelope,
        signatures: [{ ...signature, sig: flipped(signature.sig) }],
      }),
      /does not match the key/,
    ],
    [
      "a cut signature",
      bytesOf({
        ...envelope,
        signatures: [{ ...signature, sig: signature.sig.slice(0, 40) }],
      }),
      /does not match the key/,
    ],
    [
      "an empty signature",
      bytesOf({ ...envelope, signatures: [{ ...signature, sig: "" }] }),
      /does not match the key/,
    ],
    ["signed by another key", foreignly, /not trusted here/],
    [
      "another key under our key's name",
      bytesOf(sealPayload(payload, signer.id, foreign.privateKey)),
      /does not match the key/,
    ],
    [
      "a key's name that is markup",
      bytesOf({
        ...envelope,
        signatures: [{ ...signature, keyid: "</td>@all" }],
      }),
      /without a valid ID/,
    ],
    [
      "a signature without the type in front",
      bytesOf({ ...envelope, signatures: [{ ...signature, sig: "AAAA" }] }),
      /does not match the key/,
    ],
    [
      "another predicate type",
      sealed({ ...statement, predicateType: "https://slsa.dev/provenance/v1" }),
      /does not support the form/,
    ],
    [
      "a payload that is not a statement",
      sealed({ hello: 1 }),
      /does not support the form/,
    ],
    [
      "no subjects",
      sealed({ ...statement, subject: [] }),
      /does not support the form/,
    ],
    [
      "a subject less",
      signedWith({ subject: statement.subject.slice(0, 2) }),
      /different files: evidence\/det/,
    ],
    [
      "a subject more",
      signedWith({
        subject: [
          ...statement.subject,
          { name: "edge/det/b.onnx", digest: { sha256: "9".repeat(64) } },
        ],
      }),
      /more files/,
    ],
    ["another model", predicate({ model: "seg" }), /a different model, "seg"/],
    [
      "other inputs",
      predicate({ inputs: [{ path: "model/det/w", sha256: "7".repeat(64) }] }),
      /contradicts its inputs/,
    ],
    [
      "another fingerprint",
      predicate({
        fingerprint: {
          ...published.manifest.fingerprint,
          verdict: "8".repeat(64),
        },
      }),
      /its fingerprint/,
    ],
    [
      "another outcome",
      predicate({
        verdict: { ...published.manifest.verdict, outcome: "warn" },
      }),
      /its verdict/,
    ],
  ])("proves nothing: %s", async (_what, bytes, why) => {
    const { key, doubt } = await proofOf(bytes, published, [signer]);
    expect(key).toBeNull();
    expect(doubt).toMatch(why);
  });

  it.each<[string, ReturnType<typeof publishedManifest>]>([
    [
      "another ONNX with its right sha256 in the manifest",
      publishedManifest({
        files: published.manifest.files.map((file) => ({
          ...file,
          sha256: "a".repeat(64),
        })),
      }),
    ],
    [
      "swapped evidence",
      publishedManifest({
        files: published.manifest.files.map((file) =>
          file.path.startsWith("evidence/")
            ? { ...file, sha256: "b".repeat(64) }
            : file,
        ),
      }),
    ],
    [
      "new tokens alone",
      publishedManifest({
        files: published.manifest.files.map((file) => ({
          ...file,
          token: "forged",
        })),
      }),
    ],
    ["the inputs of another commit", publishedManifest({ inputs: [] })],
    [
      "a warning that was taken out",
      publishedManifest({
        verdict: { ...published.manifest.verdict, outcome: "warn" },
      }),
    ],
    ["another model's place", { ...published, path: "edge/seg/manifest.json" }],
    [
      "a byte more at its end",
      {
        ...published,
        bytes: Buffer.concat([published.bytes, Buffer.from("\n")]),
      },
    ],
  ])("of before proves nothing of %s", async (_what, other) => {
    expect((await proofOf(genuine, other, [signer])).doubt).toMatch(
      /covers different files/,
    );
  });
});
