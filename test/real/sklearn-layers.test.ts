import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enginePython } from "../support/engine-python.ts";
import {
  forgetLayers,
  judgedLayers,
  scaleChannel,
} from "../support/layer-faults.ts";

const python = enginePython("sklearn") ?? "";
/** Of test/fixtures/sklearn/estimators.py: three products with weights, and a channel that the second hardly reads. */
const MODEL = "network";
const CHANNEL = 5;

describe.skipIf(python === "")("a channel of scikit-learn's network", () => {
  const folder = mkdtempSync(join(tmpdir(), "sklearn-layers-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const out = join(folder, MODEL, "out");

  beforeAll(() => {
    const script = resolve("test/fixtures/sklearn/convert_rows.py");
    const rows = JSON.stringify([{ name: MODEL, model: MODEL }]);
    execFileSync(python, ["-W", "ignore", script, resolve("."), folder, rows], {
      env: { ...process.env, OMP_NUM_THREADS: "1", PYTHONHASHSEED: "0" },
      stdio: "pipe",
    });
  }, 600_000);

  test("is right", async () => {
    const { outcome, details } = await judgedLayers(out);

    expect(outcome).not.toBe("fail");
    expect(details.layers).toMatchObject({ known: 3, compared: 3, failing: 0 });
  });

  test.each([1.003, 1.01])(
    "that is %f times too large shows in the next layer alone",
    async (factor) => {
      const seen = join(folder, `${factor}`);
      const unseen = `${seen}-unseen`;
      for (const to of [seen, unseen])
        scaleChannel(python, [out, to], { place: 0, channel: CHANNEL, factor });
      forgetLayers(unseen);

      const found = await judgedLayers(seen);
      expect(found.outcome).toBe("fail");
      expect(found.message).toContain("differs, first that of coefs_[1]: ");
      expect((await judgedLayers(unseen)).outcome).not.toBe("fail");
    },
  );
});
