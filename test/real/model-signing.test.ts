import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { modelSigning } from "../../scripts/parts/python-tools.mjs";
import { signedStore, verify } from "../attest/signed-store.ts";
import { keyPair } from "../attest/signing.ts";

const required = process.env.MODEL_TO_EDGE_TEST_REAL === "required";
const tools = modelSigning({ build: required });
if (!tools)
  console.log(
    "skipped, needs OpenSSF's model-signing: node scripts/parts/real-parts.mjs",
  );

function modelSign(args: string[], cwd: string) {
  const program = join(dirname(tools?.python ?? ""), "model_signing");
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

const pair = keyPair("p256");

/** A published folder as it is on a device, with the keys as files beside it. */
async function fetched() {
  const { store, env } = signedStore(pair);
  const run = await store.run([], { env });
  expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
  const folder = join(store.cwd, "det");
  cpSync(join(store.branch, "edge/det"), folder, {
    recursive: true,
    dereference: true,
  });
  writeFileSync(join(store.cwd, "key.pem"), pair.privateKey);
  return { store, env, folder };
}

const theirs = (cwd: string) =>
  modelSign(
    [
      "verify",
      "key",
      "det",
      "--signature",
      "det/model.sig",
      "--public_key",
      "model-to-edge.pub",
    ],
    cwd,
  );

describe.skipIf(!tools)("OpenSSF's model-signing", { timeout: 300_000 }, () => {
  it("verifies what a P-256 key published, and no longer with a changed, an added or a missing file", async () => {
    const { store, env, folder } = await fetched();
    expect(theirs(store.cwd)).toMatchObject({ status: 0 });
    expect((await verify(store, "det")).code).toBe(0);
    // Of the same inputs: nothing is signed anew.
    const before = readFileSync(join(folder, "model.sig"));
    await store.run([], { env });
    expect(store.summary().models).toMatchObject([{ status: "unchanged" }]);
    expect(store.read("edge/det/model.sig")).toBe(before.toString());

    for (const harm of [
      () => writeFileSync(join(folder, "contract.json"), "{}"),
      () => writeFileSync(join(folder, "second.onnx"), "x"),
      () => rmSync(join(folder, "manifest.json")),
    ]) {
      cpSync(join(store.branch, "edge/det"), folder, {
        recursive: true,
        dereference: true,
      });
      harm();
      expect(theirs(store.cwd).status).not.toBe(0);
      expect((await verify(store, "det")).code).toBe(1);
      rmSync(folder, { recursive: true });
    }
  });

  it("signs a folder that verify proves, by the same files and no others", async () => {
    const { store } = signedStore(pair);
    const folder = join(store.cwd, "source");
    mkdirSync(join(folder, "deep/er"), { recursive: true });
    writeFileSync(join(folder, "a.pth"), "a");
    writeFileSync(join(folder, "a-b.txt"), "b");
    writeFileSync(join(folder, "deep/er/c.py"), "c");
    writeFileSync(join(folder, ".gitignore"), "x");
    writeFileSync(join(store.cwd, "key.pem"), pair.privateKey);
    const signed = modelSign(
      [
        "sign",
        "key",
        "source",
        "--signature",
        "source/model.sig",
        "--private_key",
        "key.pem",
      ],
      store.cwd,
    );
    expect(signed).toMatchObject({ status: 0 });
    const proof = await verify(store, "source");
    expect({ code: proof.code, log: proof.stdout }).toMatchObject({
      code: 0,
      log: expect.stringMatching(
        /source: signed by key [0-9a-f]{12} as OpenSSF model signing does it; 3 files/,
      ),
    });
    const genuine = readFileSync(join(folder, "model.sig"));
    for (const harm of [
      () => writeFileSync(join(folder, "a.pth"), "other"),
      () => writeFileSync(join(folder, "d"), "new"),
      () => rmSync(join(folder, "deep/er/c.py")),
      () => writeFileSync(join(folder, "model.sig"), genuine.subarray(0, 300)),
      () =>
        writeFileSync(
          join(folder, "model.sig"),
          genuine
            .toString()
            .replace(/"sig": *"(....)/, (all, head: string) =>
              all.replace(head, head === "AAAA" ? "BBBB" : "AAAA"),
            ),
        ),
    ]) {
      const copy = join(store.cwd, "copy");
      cpSync(folder, copy, { recursive: true });
      harm();
      expect((await verify(store, "source")).code).toBe(1);
      rmSync(folder, { recursive: true });
      cpSync(copy, folder, { recursive: true });
      rmSync(copy, { recursive: true });
    }
    expect((await verify(store, "source")).code).toBe(0);
  });
});
