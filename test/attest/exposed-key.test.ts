import { expect, it } from "vitest";
import { refuseExposedKey } from "../../src/convert/refuse-exposed-key.ts";
import { signedStore } from "./signed-store.ts";
import { keyPair } from "./signing.ts";

const NONE = ["--isolation", "none"];

it("a run with a key and without isolation stops before a model's code could read the key", async () => {
  const { store, env } = signedStore(keyPair());
  const run = await store.run(NONE, { env });
  expect([run.code, store.exists("edge")]).toEqual([2, false]);
  expect(run.stdout).toContain(
    "without isolation a model's code can read the signing key of MODEL_TO_EDGE_SIGNING_KEY",
  );
  expect(run.stdout).not.toContain("may ship");
});

it("goes on where nothing is to be signed, and says that the key is exposed", async () => {
  const { store, env } = signedStore(keyPair());
  const run = await store.run([...NONE, "--unsigned"], { env });
  expect(run.code).toBe(0);
  expect(run.stdout).toContain("nothing is signed with it here");
  expect(store.exists("evidence/det/attestation.json")).toBe(false);
});

it("goes on with a level of isolation, without a key, and where all code comes from Git", () => {
  const key = { variable: "KEY", isUnused: false };
  const code = { folder: "x" } as never;
  expect(refuseExposedKey(key, { level: "uid" }, [{}])).toBeNull();
  expect(refuseExposedKey(null, { level: "none" }, [{}])).toBeNull();
  expect(refuseExposedKey(key, { level: "none" }, [{ code }])).toBeNull();
  expect(() =>
    refuseExposedKey(key, { level: "none" }, [{ code }, {}]),
  ).toThrow("can read the signing key");
});
