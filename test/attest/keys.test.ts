import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parsePublicKeys, parseSigningKey } from "../../src/attest/keys.ts";
import { loadTrust } from "../../src/attest/trust.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { keyPair, signerOf } from "./signing.ts";

const pair = keyPair();
const other = keyPair();
let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "model-to-edge-keys-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const put = (name: string, text: string) => {
  writeFileSync(join(cwd, name), text);
  return join(cwd, name);
};
const trust = (
  variables: Record<string, string> = {},
  settings: { key?: string; requireSigned?: boolean; unsigned?: boolean } = {},
  folder = cwd,
) =>
  loadTrust(
    {
      ...{ cwd: folder, environment: readEnvironment(variables) },
      ...{ fetch, signal: new AbortController().signal },
    },
    {
      key: null,
      requireSigned: false,
      unsigned: false,
      signingKeyVariable: "SIGN",
      ...settings,
    },
  );

describe("whose signatures count", () => {
  it("is nobody's without a key", async () => {
    expect(await trust()).toEqual({ keys: [], signer: null });
  });

  it("is what model-to-edge.pub lists, in its order, also from a folder of the repository", async () => {
    put(
      "model-to-edge.pub",
      `of 2027\n${other.publicKey}before\n${pair.publicKey}`,
    );
    mkdirSync(join(cwd, ".git"));
    mkdirSync(join(cwd, "deep/er"), { recursive: true });
    const ids = [signerOf(other).id, signerOf(pair).id];
    for (const folder of [cwd, join(cwd, "deep/er")])
      expect((await trust({}, {}, folder)).keys.map(({ id }) => id)).toEqual(
        ids,
      );
  });

  it("is that of the signing key where nothing lies in Git; a variable holds its file or itself", async () => {
    const file = put("key", pair.privateKey);
    for (const value of [file, "key", pair.privateKey])
      expect(await trust({ SIGN: value })).toMatchObject({
        keys: [{ id: signerOf(pair).id }],
        signer: { id: signerOf(pair).id },
      });
    expect((await trust({ SIGN: file }, { unsigned: true })).signer).toBeNull();
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      "a file that --key names and that is missing",
      () => trust({}, { key: "no.pub" }),
      "key-missing",
    ],
    [
      "require-signed without any key",
      () => trust({}, { requireSigned: true }),
      "key-missing",
    ],
    [
      "a file without a key, which must not count as none",
      () => {
        put("model-to-edge.pub", "");
        return trust();
      },
      "key-damaged",
    ],
    [
      "a signing key that is none of those in Git",
      () => {
        put("model-to-edge.pub", other.publicKey);
        return trust({ SIGN: pair.privateKey });
      },
      "key-unknown",
    ],
    [
      "a variable whose file is missing",
      () => trust({ SIGN: "no.key" }),
      "signing-key-missing",
    ],
    [
      "a variable whose file is empty",
      () => trust({ SIGN: put("k", "") }),
      "key-damaged",
    ],
    [
      "a public key in the place of the private one",
      () => trust({ SIGN: pair.publicKey }),
      "key-damaged",
    ],
  ])("is a usage error for %s", async (_what, load, code) => {
    await expect(load()).rejects.toMatchObject({ code, exitCode: 2 });
  });
});

describe("keys", () => {
  it.each(["rsa", "p384", "x25519"] as const)(
    "of type %s are refused by name, public and private",
    (type) => {
      const wrong = keyPair(type);
      expect(() => parsePublicKeys(wrong.publicKey, "x.pub")).toThrow(
        /x\.pub is of type .+, neither Ed25519 nor/,
      );
      expect(() => parseSigningKey(wrong.privateKey, "V")).toThrow(
        /V is of type .+, neither Ed25519 nor/,
      );
    },
  );

  it.each<[string, string, RegExp]>([
    ["a private key", pair.privateKey, /contains a private key/],
    [
      "a private key beside a public one",
      pair.publicKey + pair.privateKey,
      /contains a private key/,
    ],
    ["a cut block", pair.publicKey.slice(0, -12), /does not hold public keys/],
    [
      "a whole block and a cut one",
      pair.publicKey + pair.publicKey.slice(0, 60),
      /does not hold public keys/,
    ],
    [
      "a block of noise",
      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
      /can be read/,
    ],
    [
      "a certificate's name",
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      /can be read/,
    ],
  ])("are not read from %s", (_what, text, why) => {
    expect(() => parsePublicKeys(text, "x.pub")).toThrow(why);
  });

  it("never show themselves in an error", () => {
    const cut = pair.privateKey.slice(0, 90);
    const secret = cut.split("\n")[1] ?? "";
    expect(secret.length).toBeGreaterThan(20);
    let said = "";
    try {
      parseSigningKey(cut, "V");
    } catch (error) {
      said = String(error) + (error as { hint?: string }).hint;
    }
    expect(said).toContain("V does not hold");
    expect(said).not.toContain(secret);
  });
});
