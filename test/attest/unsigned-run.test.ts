import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { toyStore } from "../support/toy-store.ts";
import { signedStore, verify } from "./signed-store.ts";
import { keyPair } from "./signing.ts";

const pair = keyPair();
const ATTESTATION = "edge/det/attestation.json";

describe("without the signing key", () => {
  it("nothing is published where a public key lies, but for --unsigned, which the note shows", async () => {
    const { store } = signedStore(pair);
    const refused = await store.run();
    expect(refused).toMatchObject({
      code: 2,
      stdout: expect.stringContaining(
        "no signing key in MODEL_TO_EDGE_SIGNING_KEY",
      ),
    });
    expect(store.edge()).toEqual({});
    expect((await store.run(["--publish", "none"])).code).toBe(0);
    expect((await store.run(["--unsigned"])).code).toBe(0);
    expect(
      readFileSync(join(store.cwd, "model-to-edge-out/report/note.md"), "utf8"),
    ).toContain(
      "not signed: anyone who can write to this branch could have made it",
    );
    // And the next run with the key takes nothing of it.
    expect((await store.run(["--unsigned", "--require-signed"])).code).toBe(2);
    expect((await store.run()).code).toBe(2);
  });

  it("the steps of a fleet publish nothing either, but for --unsigned", async () => {
    const { store, env } = signedStore(pair);
    const step = (name: string, args: string[] = [], more = {}) =>
      commandLine([name, "--store", store.url, ...args], {
        cwd: store.cwd,
        env: { MODEL_TO_EDGE_MODEL_BRANCH: "main", ...more },
      });
    expect((await step("plan")).code).toBe(0);
    expect((await step("convert", ["--isolation", "none"])).code).toBe(0);
    expect(await step("publish")).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("no signing key in"),
    });
    expect(store.edge()).toEqual({});
    expect((await step("publish", ["--unsigned"])).code).toBe(0);
    expect(store.exists(ATTESTATION)).toBe(false);
    expect(store.exists("edge/det/manifest.json")).toBe(true);
    expect((await verify(store, store.branch)).code).toBe(1);
    // With the key it is not taken for unchanged, and published with a signature.
    expect((await store.run([], { env })).code).toBe(0);
    expect((await verify(store, store.branch)).code).toBe(0);
  });

  it("and without a public one it is published as before, and called not signed; require-signed refuses it", async () => {
    const store = toyStore();
    expect((await store.run()).code).toBe(0);
    expect(store.exists(ATTESTATION)).toBe(false);
    expect(store.summary().notices).toContain(
      "not signed: anyone who can write to this branch could have made it",
    );
    await store.run();
    expect(store.summary()).toMatchObject({
      models: [{ status: "unchanged" }],
      notices: [expect.stringContaining("not signed")],
    });
    expect((await store.run(["--require-signed"])).code).toBe(2);
    const proof = await verify(store, store.branch);
    expect([proof.code, proof.stdout]).toEqual([
      2,
      expect.stringContaining("there is no public key"),
    ]);
  });
});

describe("keygen", () => {
  it("makes a pair that run and verify take, keeps older public keys, and overwrites nothing", async () => {
    const store = toyStore();
    const keygen = (...args: string[]) =>
      commandLine(["keygen", ...args], { cwd: store.cwd });
    expect((await keygen()).code).toBe(0);
    const secret = join(store.cwd, "model-to-edge.key");
    expect((statSync(secret).mode & 0o777).toString(8)).toBe("600");
    expect(
      (await store.run([], { env: { MODEL_TO_EDGE_SIGNING_KEY: secret } }))
        .code,
    ).toBe(0);
    const before = readFileSync(secret, "utf8");
    const again = await keygen();
    expect([again.code, again.stdout]).toEqual([
      2,
      expect.stringContaining("already exists"),
    ]);
    expect(readFileSync(secret, "utf8")).toBe(before);
    expect((await keygen("--out", "next.key")).code).toBe(0);
    const open = readFileSync(join(store.cwd, "model-to-edge.pub"), "utf8");
    expect(open.match(/BEGIN PUBLIC KEY/g)).toHaveLength(2);
    expect((await verify(store, store.branch)).code).toBe(0);
    expect(
      (await store.run([], { env: { MODEL_TO_EDGE_SIGNING_KEY: "next.key" } }))
        .code,
    ).toBe(0);
    expect(store.summary()).toMatchObject({
      models: [{ status: "unchanged" }],
    });
  });
});
