import { describe, expect, it } from "vitest";
import { FORGERIES } from "./forgeries.ts";
import { signedStore, verify } from "./signed-store.ts";
import { keyPair } from "./signing.ts";

const WEIGHTS = (first: number) =>
  JSON.stringify({ w: [first, 2, 3, 4], b: [0, 0, 0, 1] });

/** `det` published twice for other inputs each time; `twin` has the bytes that `det` has now. */
async function scene() {
  const at = signedStore(keyPair());
  const { store, env, forged } = at;
  store.write("model/det/toy.weights", WEIGHTS(7));
  expect((await store.run([], { env })).code).toBe(0);
  const older = forged.published("det");
  store.write("model/det/toy.weights", WEIGHTS(8));
  store.write("model/twin/model.json", store.read("model/det/model.json"));
  store.write("model/twin/toy.weights", WEIGHTS(8));
  expect((await store.run([], { env })).code).toBe(0);
  return { ...at, older };
}

describe("with a public key in Git, a forgery is not unchanged for run, and not proved for verify", () => {
  it.each(FORGERIES)("$what", { timeout: 300_000 }, async (forgery) => {
    const { store, env, forged, older } = await scene();
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
      if (!path.endsWith("attestation.json"))
        expect([path, healed[path]]).toEqual([path, sha256]);
    const healthy = await verify(store, store.url, "--model-branch", "main");
    expect({ code: healthy.code, log: healthy.stdout }).toMatchObject({
      code: 0,
    });
  });
});
