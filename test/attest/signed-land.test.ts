import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FolderWorld, folderWorld } from "../land/folder-world.ts";
import { CONFIG, GOOD } from "../land/story.ts";
import { commandLine } from "../support/command-line.ts";
import { ForgedBranch } from "./forge.ts";
import { keyPair } from "./signing.ts";

const pair = keyPair();
const SIGNED = { MODEL_TO_EDGE_SIGNING_KEY: pair.privateKey };
const ONNX = "edge/a/end2end.onnx";

let at: FolderWorld;
let feature: ForgedBranch;

beforeEach(async () => {
  at = await folderWorld();
  feature = new ForgedBranch(join(at.root, "feature--x"));
  at.write("main", {
    "model/a/model.json": CONFIG,
    "model/a/toy.weights": GOOD(1),
  });
  await run("main", SIGNED);
  await at.story.command(["branch", "feature/x", "--create"]);
});
afterEach(() => at.close());

async function run(
  branch: string,
  env: Record<string, string> = {},
): Promise<void> {
  const result = await at.story.command(
    ["run", "--isolation", "auto", "--model-branch", branch],
    env,
  );
  expect({ code: result.code, log: result.stdout }).toMatchObject({ code: 0 });
}

const trust = () =>
  writeFileSync(join(at.story.cwd, "model-to-edge.pub"), pair.publicKey);
const onMain = () => new ForgedBranch(join(at.root, "main")).read(ONNX);

describe("land, with a public key in Git", () => {
  it("takes what the pipeline signed, with its attestation, and main has nothing to do", async () => {
    trust();
    at.write("feature--x", { "model/a/toy.weights": GOOD(5) });
    await run("feature--x", SIGNED);
    const landed = await at.story.land(at.story.merge("feature/x", 7));
    expect({ code: landed.code, log: landed.stdout }).toMatchObject({
      code: 0,
    });
    expect(JSON.stringify(landed.document)).not.toContain("not signed");
    const proof = await commandLine(["verify", join(at.root, "main")], {
      cwd: at.story.cwd,
    });
    expect({ code: proof.code, log: proof.stdout }).toMatchObject({ code: 0 });
  });

  it.each<[string, () => Promise<void>, string]>([
    [
      "what was published without a key",
      () => run("feature--x"),
      "it is not signed",
    ],
    [
      "what another key signed",
      () =>
        run("feature--x", { MODEL_TO_EDGE_SIGNING_KEY: keyPair().privateKey }),
      "a key that is not trusted here",
    ],
    [
      "the old attestation of main beside new files",
      async () => {
        const old = feature.read("edge/a/attestation.json");
        await run("feature--x");
        feature.write("edge/a/attestation.json", old);
      },
      "covers different files",
    ],
    [
      "evidence and ONNX that fit each other and not the model",
      async () => {
        const [onnx, references] = [
          ONNX,
          "evidence/a/references.safetensors",
        ].map((path) => feature.read(path));
        await run("feature--x", SIGNED);
        feature.replace("a", ONNX, onnx ?? Buffer.alloc(0));
        feature.replace(
          "a",
          "evidence/a/references.safetensors",
          references ?? Buffer.alloc(0),
        );
      },
      "covers different files",
    ],
  ])("refuses %s", async (_what, forge, why) => {
    at.write("feature--x", { "model/a/toy.weights": GOOD(5) });
    const before = onMain();
    await forge();
    trust();
    const refused = await at.story.land(at.story.merge("feature/x", 7));
    expect(refused).toMatchObject({
      code: 1,
      document: { requests: [{ status: "refused", code: "no-verdict" }] },
    });
    expect(refused.document.requests[0]?.reason).toContain(why);
    expect(onMain()).toEqual(before);
  });
});

describe("land, without a public key", () => {
  it("says that what it lands is not signed; require-signed refuses to begin", async () => {
    at.write("feature--x", { "model/a/toy.weights": GOOD(5) });
    await run("feature--x");
    const commit = at.story.merge("feature/x", 7);
    expect((await at.story.land(commit, ["--require-signed"])).code).toBe(2);
    const landed = await at.story.land(commit);
    expect(landed.code).toBe(0);
    expect(landed.document.requests[0]?.models[0]?.sentence).toContain(
      "Not signed: anyone who can write to this branch could have made it",
    );
  });

  it("runs the checks once more: a manifest by hand beside a wrong ONNX is red, whatever it lists", async () => {
    const wrong = feature.read(ONNX);
    at.write("feature--x", { "model/a/toy.weights": GOOD(5) });
    await run("feature--x");
    const before = onMain();
    feature.replace("a", ONNX, wrong);
    const refused = await at.story.land(at.story.merge("feature/x", 7));
    expect({ code: refused.code, log: refused.stdout }).toMatchObject({
      code: 1,
    });
    expect(refused.document.requests).toMatchObject([
      {
        status: "refused",
        code: "red-verdict",
        models: [
          {
            state: "red",
            sentence: expect.stringContaining("checked again"),
          },
        ],
      },
    ]);
    expect(onMain()).toEqual(before);
  });
});
