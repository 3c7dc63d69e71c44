import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readOnnx } from "../../src/onnx/read-onnx.ts";
import { commandLine } from "../support/command-line.ts";
import { enginePython } from "../support/engine-python.ts";

const python = enginePython("sklearn");
const MODELS = `
import pickle, sys
sys.path.insert(0, sys.argv[1])
import skops.io
from estimators import MODELS
for name in ("logistic", "svc-two"):
    skops.io.dump(MODELS[name](), f"{sys.argv[2]}/{name}.skops")
open(f"{sys.argv[2]}/forest.pkl", "wb").write(pickle.dumps(MODELS["forest"]()))
`;

describe.skipIf(!python)("export, without a store or a GitLab", () => {
  let cwd = "";
  const say = (...words: string[]) =>
    commandLine(["export", ...words], { cwd });

  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "export-sklearn-"));
    const fixtures = resolve("test/fixtures/sklearn");
    execFileSync(python ?? "", ["-W", "ignore", "-c", MODELS, fixtures, cwd]);
  });
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  it("proves a right model, with options by flags", async () => {
    const { code, stdout } = await say("logistic.skops", "--target_opset=15");
    expect(stdout).toContain("logistic (1/1) may ship");
    expect(code).toBe(0);

    const file = "model-to-edge-out/models/logistic/files/model.onnx";
    const { opsets } = await readOnnx(join(cwd, file));
    expect(opsets[""]).toBeLessThanOrEqual(15);
  });

  it("exits with 1 for a model that computes something else", async () => {
    const options = "options: { SVC: { raw_scores: false } }\n";
    await writeFile(join(cwd, "options.yaml"), options);
    const { code, stdout } = await say(
      ...["svc-two.skops", "--options", "options.yaml"],
    );
    expect(stdout).toContain("svc-two (1/1) may not ship: wrong");
    expect(code).toBe(1);
  });

  it("loads a pickle only where it is trusted, and says that it was", async () => {
    const refused = await say("forest.pkl");
    expect(refused.stdout + refused.stderr).toContain("can run any code");
    expect(refused.code).toBe(2);

    const { code, stdout } = await say("forest.pkl", "--trusted");
    expect(stdout).toMatch(/exception: sklearn\.trusted: true/);
    expect(code).toBe(0);
  });
});
