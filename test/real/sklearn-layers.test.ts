import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { enginePython } from "../support/engine-python.ts";
import {
  expectRight,
  expectSeenByLayers,
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

  test("is right", () => expectRight(out, 3));

  test.each([1.003, 1.01])(
    "that is %f times too large shows in the next layer alone",
    (factor) =>
      expectSeenByLayers(
        join(folder, `${factor}`),
        (to) => {
          const change = { place: 0, channel: CHANNEL, factor };
          scaleChannel(python, [out, to], change);
        },
        /differs, first that of coefs_\[1\]: /,
      ),
  );
});
