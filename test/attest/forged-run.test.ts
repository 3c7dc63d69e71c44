import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FORGERIES } from "./forgeries.ts";
import { signedStore, verify } from "./signed-store.ts";
import { keyPair } from "./signing.ts";

const WEIGHTS = (first: number) =>
  JSON.stringify({ w: [first, 2, 3, 4], b: [0, 0, 0, 1] });

const pair = keyPair();
let made: string;
let older: ReadonlyMap<string, Buffer>;

/** A store of its own with what is below, and a way to write to it. */
function scene() {
  const at = signedStore(pair);
  const store = join(at.store.root, "store");
  rmSync(store, { recursive: true });
  cpSync(made, store, { recursive: true, verbatimSymlinks: true });
  return at;
}

describe("what is forged: two signed models of equal bytes", () => {
  it("is published, `det` for the second time", {
    timeout: 300_000,
  }, async () => {
    const { store, env, forged } = signedStore(pair);
    store.write("model/det/toy.weights", WEIGHTS(7));
    expect((await store.run([], { env })).code).toBe(0);
    older = forged.published("det");
    store.write("model/det/toy.weights", WEIGHTS(8));
    store.write("model/twin/model.json", store.read("model/det/model.json"));
    store.write("model/twin/toy.weights", WEIGHTS(8));
    expect((await store.run([], { env })).code).toBe(0);
    made = mkdtempSync(join(tmpdir(), "model-to-edge-forged-run-"));
    cpSync(join(store.root, "store"), made, {
      recursive: true,
      verbatimSymlinks: true,
    });
  });
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

describe("with a public key in Git, a forgery is not unchanged for run, and not proved for verify", () => {
  it.each(FORGERIES)("$what", { timeout: 300_000 }, async (forgery) => {
    const { store, env, forged } = scene();
    const genuine = store.edge();
    forgery.forge({ forged, older });

    const proof = await verify(store, store.url, "--model-branch", "main");
    expect({ code: proof.code, log: proof.stdout }).toMatchObject({
      code: 1,
      log: expect.stringMatching(forgery.says),
    });

    const again = await store.run([], { env });
    const said = expect.stringMatching(forgery.isSilent ? /./ : forgery.says);
    expect({ code: again.code, log: again.stdout }).toMatchObject({
      code: forgery.isStuck ? 2 : 0,
      log: said,
    });
    if (forgery.isStuck) return;

    // The verdict is a new one, and what is published then is what was proved, and nothing else.
    expect(store.summary().models).toMatchObject([
      { name: "det", status: "converted" },
      { name: "twin", status: "unchanged" },
    ]);
    const healed = store.edge();
    expect(Object.keys(healed)).toEqual(Object.keys(genuine));
    for (const [path, sha256] of Object.entries(genuine))
      if (!/\/(manifest|attestation)\.json$/.test(path))
        expect([path, healed[path]]).toEqual([path, sha256]);
    const healthy = await verify(store, store.url, "--model-branch", "main");
    expect({ code: healthy.code, log: healthy.stdout }).toMatchObject({
      code: 0,
    });
  });
});
