import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import { AppError } from "../../../src/errors.ts";
import type { CheckName } from "../../../src/validate/checks/registry.ts";
import type { WorkerLimits } from "../../../src/validate/worker/limits.ts";
import {
  crashFolder,
  divides,
  fills,
  loops,
  oneValue,
  recurrent,
  SMALLEST,
  smallest,
  steps,
} from "../../support/crashing-models.ts";
import { folderOf, networkFolder } from "../../support/model-folder.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import { safetensors } from "../../support/references-writer.ts";
import { runChecksOf, sessionRequestOf } from "../../support/session-checks.ts";

const run = (
  folder: string,
  checks: CheckName[],
  limits: Partial<WorkerLimits> = {},
) => runChecksOf(sessionRequestOf(folder, checks, limits));

describe("the worker", () => {
  test("runs the checks and sends what they find", async () => {
    const results = await run(await networkFolder(), ["load", "parity"]);
    expect(results.map(({ check, status }) => [check, status])).toEqual([
      ["load", "pass"],
      ["parity", "pass"],
    ]);
  });

  test("survives a crash of ONNX Runtime: the check fails with the signal", async () => {
    const results = await run(await crashFolder(divides, smallest), [
      "load",
      "parity",
    ]);
    expect(results[0]).toMatchObject({ check: "load", status: "pass" });
    expect(results[1]).toMatchObject({
      check: "parity",
      status: "fail",
      kind: "wrong",
      details: { signal: "SIGFPE" },
    });
    expect(results[1]?.message).toBe(
      "ONNX Runtime crashes with SIGFPE, an invalid integer division (case one)",
    );
  });

  test("leaves no copy of the model behind, also where it is killed while it has one", async () => {
    const named: ModelInput = {
      ...divides,
      nodes: [
        { op: "Identity", inputs: ["x"], outputs: ["h"] },
        { op: "Div", inputs: ["h", "minus"], outputs: ["y"] },
      ],
    };
    const intermediate: typeof SMALLEST = {
      "one/aux/fp32/h": { dtype: "I32", shape: [1], values: [-(2 ** 31)] },
    };
    const references = safetensors(
      { ...SMALLEST, ...intermediate },
      { "inner/h": "source" },
    );
    const [models, temporary] = [
      await crashFolder(named, references),
      await folderOf({}),
    ];
    const before = process.env.TMPDIR;
    process.env.TMPDIR = temporary;
    try {
      const results = await run(models, ["load", "parity"]);
      expect(results[1]?.message).toContain("crashes with SIGFPE");
      expect(results[1]?.message).toContain("(case one, not optimised)");
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    expect(await readdir(temporary)).toEqual([]);
  });

  test("goes on with the next check in a new worker", async () => {
    const results = await run(await crashFolder(divides, smallest), [
      "load",
      "metamorphic",
      "extremes",
      "parity",
    ]);
    expect(results.map(({ check, status }) => [check, status])).toEqual([
      ["load", "pass"],
      ["parity", "fail"],
      ["metamorphic", "fail"],
      ["extremes", "fail"],
    ]);
    expect(results[3]?.message).toContain(
      "SIGFPE, an invalid integer division (inputs all NaN)",
    );
  });

  test("a crash over an empty batch is said, and no fault of the model", async () => {
    const results = await run(await crashFolder(recurrent, steps), [
      "load",
      "extremes",
    ]);
    expect(results[1]).toMatchObject({
      check: "extremes",
      status: "warn",
      details: { signal: "SIGABRT" },
    });
    expect(results[1]?.message).toContain("(inputs an empty batch)");
  });

  test("ends a run that hangs, and says where", async () => {
    const results = await run(
      await crashFolder(loops, oneValue),
      ["load", "parity"],
      { runSeconds: 1 },
    );
    expect(results[1]?.message).toBe(
      "ONNX Runtime hangs: it did not return within 1 s (case one)",
    );
  });

  test("ends a run that eats the memory", async () => {
    const results = await run(
      await crashFolder(fills, oneValue),
      ["load", "parity"],
      { bytes: 5e8 },
    );
    const ended = results.find(({ details }) => details.stopped === "memory");
    expect(ended?.message).toContain("needs more than 500 MB of memory");
  });

  test("runs nothing more where the model does not load", async () => {
    const unknown: ModelInput = {
      ...loops,
      nodes: [{ op: "Nonsense", inputs: ["x"], outputs: ["y"] }],
    };
    const results = await run(await crashFolder(unknown, oneValue), [
      "load",
      "parity",
    ]);
    expect(results[0]).toMatchObject({ check: "load", status: "fail" });
    expect(results[0]?.message).toContain("Nonsense");
    expect(results[1]).toMatchObject({
      check: "parity",
      status: "skip",
      message: "not run: the model does not load",
    });
  });

  test("says unproven where the references are no references", async () => {
    const path = await networkFolder();
    await writeFile(join(path, "references.safetensors"), "no tensors at all");
    const results = await run(path, ["parity"]);
    expect(results[0]).toMatchObject({ status: "fail", kind: "unproven" });
    expect(results[0]?.message).toContain("not a readable safetensors file");
  });

  test("an abort ends it with the abort's reason", async () => {
    const reason = new Error("stopped by a test");
    const request = sessionRequestOf(await networkFolder(), ["load"]);
    const running = runChecksOf(request, {
      signal: AbortSignal.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
  });

  test("an error that nobody foresaw is a bug of ours, no verdict", async () => {
    const request = sessionRequestOf(await networkFolder(), ["load", "parity"]);
    const policy = { ...STRICT, tolerance: null as never };
    const running = runChecksOf({
      ...request,
      subject: { ...request.subject, policy },
    });
    await expect(running).rejects.not.toBeInstanceOf(AppError);
    await expect(running).rejects.toThrow("in the validation process");
  });
});
