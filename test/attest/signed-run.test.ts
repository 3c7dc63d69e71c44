import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { signedStore, trust, verify } from "./signed-store.ts";
import { keyPair } from "./signing.ts";

const pair = keyPair();
const ATTESTATION = "edge/det/attestation.json";
const ONNX = "edge/det/end2end.onnx";

describe("a run with a signing key", () => {
  it("publishes an attestation in the same step, finds it unchanged, and verify says who proved what", async () => {
    const { store, env } = signedStore(pair);
    const run = await store.run([], { env });
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    expect(store.summary().notices.join()).not.toContain("not signed");
    expect(store.manifest("edge/det/manifest.json").files).not.toContainEqual(
      expect.objectContaining({ path: ATTESTATION }),
    );
    const before = store.edge();
    // Without the private half: what is signed is trusted, and nothing is to be published.
    expect((await store.run()).code).toBe(0);
    expect(store.summary()).toMatchObject({
      models: [{ status: "unchanged" }],
      publication: { status: "unchanged" },
    });
    expect(store.summary().notices).toEqual([]);
    expect(store.edge()).toEqual(before);
    for (const place of [join(store.branch, "edge/det"), store.branch]) {
      const proof = await verify(store, place);
      expect({ code: proof.code, log: proof.stdout }).toMatchObject({
        code: 0,
      });
      expect(proof.stdout).toMatch(
        /det: pass, signed by key [0-9a-f]{12}; \d files/,
      );
      expect(proof.stdout).toMatch(
        /from commit file-\S+ of branch main in file:/,
      );
    }
    const proof = await verify(store, store.url, "--model-branch", "main");
    expect({ code: proof.code, log: proof.stdout }).toMatchObject({ code: 0 });
  });

  it("signs again what is the same bytes and was not signed", async () => {
    const { store, env, forged } = signedStore(pair);
    await store.run([], { env });
    const manifest = store.read("edge/det/manifest.json");
    forged.remove(ATTESTATION);
    const again = await store.run([], { env });
    expect({ code: again.code, log: again.stdout }).toMatchObject({ code: 0 });
    expect(again.stdout).toContain("not trusted: it is not signed");
    expect(store.read("edge/det/manifest.json")).toBe(manifest);
    expect((await verify(store, store.branch)).code).toBe(0);
  });

  it("replaces an attestation of the old files together with them, and removes it with the model", async () => {
    const { store, env } = signedStore(pair);
    store.write("model/keep/model.json", JSON.stringify({ channels: 4 }));
    store.write("model/keep/toy.weights", store.read("model/det/toy.weights"));
    await store.run([], { env });
    const old = store.read(ATTESTATION);
    store.write(
      "model/det/toy.weights",
      JSON.stringify({ w: [9, 2, 3, 4], b: [0, 0, 0, 1] }),
    );
    await store.run(["--unsigned"], { env });
    expect(store.exists(ATTESTATION)).toBe(false);
    expect(store.summary().notices.join()).toContain(
      "not signed: anyone who can write",
    );
    await store.run([], { env });
    expect(store.read(ATTESTATION)).not.toBe(old);
    expect((await verify(store, store.branch)).code).toBe(0);
    rmSync(join(store.branch, "model/det"), { recursive: true });
    await store.run([], { env });
    expect(
      Object.keys(store.edge()).filter((path) => path.startsWith("det")),
    ).toEqual([]);
  });

  it("trusts an older key of model-to-edge.pub, and lists it", async () => {
    const { store, env } = signedStore(pair);
    await store.run([], { env });
    const next = keyPair();
    trust(store, next, pair);
    await store.run([], {
      env: { MODEL_TO_EDGE_SIGNING_KEY: next.privateKey },
    });
    expect(store.summary()).toMatchObject({
      models: [{ status: "unchanged" }],
      notices: [expect.stringMatching(/det: .*older key \([0-9a-f]{12}\)/)],
    });
    trust(store, next);
    expect((await verify(store, store.branch)).code).toBe(1);
  });
});

/** What somebody does who may write to the data branch. */
const FORGERIES: [
  string,
  (at: ReturnType<typeof signedStore>, wrong: Buffer) => void,
  RegExp,
][] = [
  [
    "a manifest by hand beside a wrong ONNX",
    ({ forged }, wrong) => forged.replace("det", ONNX, wrong),
    /covers different files/,
  ],
  [
    "the same without an attestation",
    ({ forged }, wrong) => {
      forged.replace("det", ONNX, wrong);
      forged.remove(ATTESTATION);
    },
    /not signed/,
  ],
  [
    "swapped evidence",
    ({ forged }, wrong) =>
      forged.replace("det", "evidence/det/references.safetensors", wrong),
    /covers different files/,
  ],
  [
    "a cut attestation",
    ({ forged }) =>
      forged.write(ATTESTATION, forged.read(ATTESTATION).subarray(0, 200)),
    /damaged/,
  ],
];

describe("with a public key, a forgery is not unchanged", () => {
  it.each(FORGERIES)("%s", async (_what, forge, why) => {
    const at = signedStore(pair);
    await at.store.run([], { env: at.env });
    const genuine = at.store.edge();
    forge(at, Buffer.from("not what was verified"));
    expect((await verify(at.store, at.store.branch)).stdout).toMatch(why);
    expect((await verify(at.store, at.store.branch)).code).toBe(1);
    const url = await verify(at.store, at.store.url, "--model-branch", "main");
    expect([url.code, url.stdout]).toEqual([1, expect.stringMatching(why)]);
    const again = await at.store.run([], { env: at.env });
    expect(again.stdout).toMatch(why);
    expect(at.store.summary()).toMatchObject({
      models: [{ status: "converted" }],
    });
    expect(at.store.edge()).toMatchObject({
      "det/end2end.onnx": genuine["det/end2end.onnx"],
    });
    expect((await verify(at.store, at.store.branch)).code).toBe(0);
  });

  it("nor is a second ONNX beside it, for verify", async () => {
    const { store, env, forged } = signedStore(pair);
    await store.run([], { env });
    forged.write("edge/det/second.onnx", forged.read(ONNX));
    const proof = await verify(store, join(store.branch, "edge/det"));
    expect([proof.code, proof.stdout]).toEqual([
      1,
      expect.stringContaining("not verified by anyone: edge/det/second.onnx"),
    ]);
  });

  it("nor is the signed result of another model in its place", async () => {
    const { store, env, forged } = signedStore(pair);
    store.write("model/seg/model.json", JSON.stringify({ channels: 4 }));
    store.write("model/seg/toy.weights", store.read("model/det/toy.weights"));
    await store.run([], { env });
    for (const file of ["manifest.json", "attestation.json"])
      forged.write(`edge/seg/${file}`, forged.read(`edge/det/${file}`));
    expect((await verify(store, store.branch)).code).toBe(1);
    await store.run(["--publish", "none"], { env });
    expect(store.summary().models).toMatchObject([
      { name: "det", status: "unchanged" },
      { name: "seg", status: "converted" },
    ]);
  });
});
