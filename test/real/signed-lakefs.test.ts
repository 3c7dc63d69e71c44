import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toJson } from "../../src/document/document.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { keyPair } from "../attest/signing.ts";
import { GOOD } from "../land/story.ts";
import { commandLine } from "../support/command-line.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLandWorld } from "./land-world.ts";

const parts = await realLakefs();
const pair = keyPair();
const SIGNED = { MODEL_TO_EDGE_SIGNING_KEY: pair.privateKey };
const MANIFEST = "edge/a/manifest.json";
const ONNX = "edge/a/end2end.onnx";

describe.skipIf(!parts)("signed verdicts, on a real lakeFS", () => {
  const at = useLandWorld(parts);
  const run = (env: Record<string, string> = {}) =>
    at.story.command(
      ["run", "--isolation", "auto", "--model-branch", "feature--x"],
      env,
    );

  it("a forgery that counts without a key counts for nothing with one; what the pipeline signed lands and verifies", async () => {
    const { story, main, feature } = at;
    const wrong = await main.read(ONNX);
    await feature.commit({ "model/a/toy.weights": GOOD(5) });
    expect((await run()).code).toBe(0);

    // By hand: main's ONNX in the place of the new one, and a manifest with its sha256 and lakeFS's own checksum.
    const manifest = JSON.parse(
      (await feature.read(MANIFEST)).toString(),
    ) as Manifest;
    const digest = (kind: string) =>
      createHash(kind).update(wrong).digest("hex");
    const files = manifest.files.map((file) =>
      file.path === ONNX
        ? {
            path: ONNX,
            size: wrong.length,
            sha256: digest("sha256"),
            token: `etag:${digest("md5")}-${wrong.length}`,
          }
        : file,
    );
    await feature.commit({
      [ONNX]: wrong,
      [MANIFEST]: toJson({ ...manifest, files }),
    });
    const fooled = await run();
    expect([fooled.code, fooled.stdout]).toEqual([
      0,
      expect.stringContaining("not signed: anyone who can write"),
    ]);
    expect(await feature.read(ONNX)).toEqual(wrong);

    mkdirSync(story.cwd, { recursive: true });
    writeFileSync(join(story.cwd, "model-to-edge.pub"), pair.publicKey);
    const commit = story.merge("feature/x", 7);
    const refused = await story.land(commit);
    expect(refused.code).toBe(1);
    expect(refused.document.requests[0]?.reason).toContain("it is not signed");

    // Without the key land still sees that the ONNX is not the model.
    rmSync(join(story.cwd, "model-to-edge.pub"));
    const checked = await story.land(commit);
    expect(checked.document.requests).toMatchObject([{ code: "red-verdict" }]);
    writeFileSync(join(story.cwd, "model-to-edge.pub"), pair.publicKey);

    const again = await run(SIGNED);
    expect({ code: again.code, log: again.stdout }).toMatchObject({ code: 0 });
    expect(await feature.read(ONNX)).not.toEqual(wrong);
    const [published] = await feature.log();
    expect(published?.message).toContain("edge models: a");

    const landed = await story.land(commit);
    expect({ code: landed.code, log: landed.stdout }).toMatchObject({
      code: 0,
    });
    const proof = await commandLine(
      ["verify", `lakefs://${at.repository}`, "--model-branch", "main"],
      { cwd: story.cwd, env: at.server.env },
    );
    expect({ code: proof.code, log: proof.stdout }).toMatchObject({ code: 0 });
    // Model b too: what was published before there was a key was not trusted.
    for (const name of ["a", "b"])
      expect(proof.stdout).toMatch(
        new RegExp(`^${name}: pass, signed by key [0-9a-f]{12}`, "m"),
      );
  }, 600_000);
});
