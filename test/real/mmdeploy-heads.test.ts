import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { realMmdeploy, trainModel } from "../support/mmdeploy.ts";
import { toyStore } from "../support/toy-store.ts";
import { checkOf, validate } from "../support/validate.ts";

const python = realMmdeploy() ?? "";
const HEADS = [
  "raw.cls_scores.0",
  "raw.cls_scores.1",
  "raw.cls_scores.2",
  "raw.bbox_preds.2",
];

describe.skipIf(!python)("the heads of a real RTMDet", () => {
  it("are the unpatched source's, and a shifted bias in any of its levels is red", {
    timeout: 600_000,
  }, async () => {
    const store = toyStore({});
    trainModel(python, "det", join(store.branch, "model/det"), 8);
    const run = await store.run(["--publish", "none"]);
    expect(run.code, run.stdout).toBe(0);
    const done = join(store.cwd, "model-to-edge-out/models/det");
    const [files, evidence] = [join(done, "files"), join(done, "evidence")];
    const good = await validate(files, {}, evidence);
    expect(checkOf(good, "parity").status, good.sentence).toBe("pass");
    expect(checkOf(good, "behaviour").status, good.sentence).toMatch(
      /pass|warn/,
    );
    expect(checkOf(good, "behaviour").details.intermediate).toHaveLength(6);
    expect(checkOf(good, "behaviour").details.not_compared).toEqual([]);
    for (const head of HEADS) {
      const folder = join(store.root, head);
      const script = resolve("test/fixtures/mmdeploy/shift_bias.py");
      execFileSync(python, ["-W", "ignore", script, files, folder, head], {
        stdio: "pipe",
      });
      const found = checkOf(await validate(folder, {}, evidence), "behaviour");
      expect([head, found.status, found.kind]).toEqual([head, "fail", "wrong"]);
      expect(found.message).toContain(`(${head}) differ`);
    }
  });
});
