import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CONFIG, GOOD, Story } from "../land/story.ts";
import { commandLine } from "../support/command-line.ts";
import { type FakeProject, startFakeProject } from "../support/fake-project.ts";
import { ForgedBranch } from "./forge.ts";
import { keyPair } from "./signing.ts";

const pair = keyPair();
const SIGNED = { MODEL_TO_EDGE_SIGNING_KEY: pair.privateKey };
const ONNX = "edge/a/end2end.onnx";

let gitlab: FakeProject;
let root: string;
let story: Story;
let feature: ForgedBranch;

beforeEach(async () => {
  gitlab = await startFakeProject();
  root = mkdtempSync(join(tmpdir(), "model-to-edge-signed-land-"));
  story = new Story(gitlab, `file://${root}`);
  feature = new ForgedBranch(join(root, "feature--x"));
  write("main", {
    "model/a/model.json": CONFIG,
    "model/a/toy.weights": GOOD(1),
  });
  await run("main", SIGNED);
  await story.command(["branch", "feature/x", "--create"]);
});
afterEach(async () => {
  story.remove();
  rmSync(root, { recursive: true, force: true });
  await gitlab.close();
});

function write(branch: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, branch, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

async function run(
  branch: string,
  env: Record<string, string> = {},
): Promise<void> {
  const result = await story.command(
    ["run", "--isolation", "auto", "--model-branch", branch],
    env,
  );
  expect({ code: result.code, log: result.stdout }).toMatchObject({ code: 0 });
}

const believe = () =>
  writeFileSync(join(story.cwd, "model-to-edge.pub"), pair.publicKey);
const onMain = () => new ForgedBranch(join(root, "main")).read(ONNX);

describe("land, with a public key in Git", () => {
  it("takes what the pipeline signed, with its attestation, and main has nothing to do", async () => {
    believe();
    write("feature--x", { "model/a/toy.weights": GOOD(5) });
    await run("feature--x", SIGNED);
    const landed = await story.land(story.merge("feature/x", 7));
    expect({ code: landed.code, log: landed.stdout }).toMatchObject({
      code: 0,
    });
    expect(JSON.stringify(landed.document)).not.toContain("not signed");
    const proof = await commandLine(["verify", join(root, "main")], {
      cwd: story.cwd,
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
    write("feature--x", { "model/a/toy.weights": GOOD(5) });
    const before = onMain();
    await forge();
    believe();
    const refused = await story.land(story.merge("feature/x", 7));
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
    write("feature--x", { "model/a/toy.weights": GOOD(5) });
    await run("feature--x");
    const commit = story.merge("feature/x", 7);
    expect((await story.land(commit, ["--require-signed"])).code).toBe(2);
    const landed = await story.land(commit);
    expect(landed.code).toBe(0);
    expect(landed.document.requests[0]?.models[0]?.sentence).toContain(
      "Not signed: anyone who can write to this branch could have made it",
    );
  });

  it("runs the checks once more: a manifest by hand beside a wrong ONNX is red, whatever it lists", async () => {
    const wrong = feature.read(ONNX);
    write("feature--x", { "model/a/toy.weights": GOOD(5) });
    await run("feature--x");
    const before = onMain();
    feature.replace("a", ONNX, wrong);
    const refused = await story.land(story.merge("feature/x", 7));
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
