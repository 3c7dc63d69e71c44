import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { STRICT } from "../../src/config/policy.ts";
import type { CheckName } from "../../src/validate/checks/registry.ts";
import type { Subject } from "../../src/validate/subject.ts";
import { runSessionChecks } from "../../src/validate/worker/worker-process.ts";
import { folderOf, networkFolder } from "../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../support/onnx-writer.ts";
import { withPlainMessage } from "../support/plain-message.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { workerContext } from "../support/validate.ts";

const LIMITS = { bytes: 2 ** 31, loadSeconds: 20, runSeconds: 20 };

async function run(
  folder: string,
  limits: Partial<typeof LIMITS> = {},
  checks: CheckName[] = ["load", "parity", "load"],
) {
  const subject: Subject = {
    folder,
    model: join(folder, "end2end.onnx"),
    references: join(folder, "references.safetensors"),
    contract: null,
    contractProblem: null,
    published: null,
    policy: STRICT,
  };
  const results = await runSessionChecks(await workerContext(), {
    subject,
    checks,
    limits: { ...LIMITS, ...limits },
    totalSeconds: 60,
  });
  return results.map(withPlainMessage);
}

const INT32 = 6;
/** INT32 division of the smallest number by −1: the processor itself refuses. */
const divides: ModelInput = {
  nodes: [{ op: "Div", inputs: ["x", "minus"], outputs: ["y"] }],
  inputs: [{ name: "x", dims: [1], type: INT32 }],
  outputs: [{ name: "y", dims: [1], type: INT32 }],
  weights: { minus: { dims: [1], values: [-1], type: INT32 } },
};
const SMALLEST: Record<string, TensorValue> = {
  "one/in/x": { dtype: "I32", shape: [1], values: [-(2 ** 31)] },
  "one/fp32/y": { dtype: "I32", shape: [1], values: [0] },
};
const smallest = safetensors(SMALLEST);

/** A loop that ends after 2^62 rounds. */
const loops: ModelInput = {
  nodes: [
    {
      op: "Loop",
      inputs: ["rounds", "", "x"],
      outputs: ["y"],
      attributes: {
        body: {
          graph: {
            nodes: [
              { op: "Identity", inputs: ["going"], outputs: ["still"] },
              { op: "Sin", inputs: ["in"], outputs: ["out"] },
            ],
            inputs: [
              { name: "round", dims: [], type: 7 },
              { name: "going", dims: [], type: 9 },
              { name: "in", dims: [1] },
            ],
            outputs: [
              { name: "still", dims: [], type: 9 },
              { name: "out", dims: [1] },
            ],
          },
        },
      },
    },
  ],
  inputs: [{ name: "x", dims: [1] }],
  outputs: [{ name: "y", dims: [1] }],
  weights: { rounds: { dims: [], values: [2 ** 52], type: 7 } },
};
const one = safetensors({
  "one/in/x": { dtype: "F32", shape: [1], values: [1] },
  "one/fp32/y": { dtype: "F32", shape: [1], values: [1] },
});

/** Fills 2^30 floats. */
const fills: ModelInput = {
  nodes: [
    {
      op: "ConstantOfShape",
      inputs: ["size"],
      outputs: ["many"],
      attributes: { value: { dims: [1], values: [1] } },
    },
    {
      op: "ReduceSum",
      inputs: ["many", "axes"],
      outputs: ["sum"],
      attributes: { keepdims: 1 },
    },
    { op: "Mul", inputs: ["sum", "x"], outputs: ["y"] },
  ],
  inputs: [{ name: "x", dims: [1] }],
  outputs: [{ name: "y", dims: [1] }],
  weights: {
    size: { dims: [1], values: [2 ** 30], type: 7 },
    axes: { dims: [1], values: [0], type: 7 },
  },
};

/** ONNX Runtime's own GRU ends the process where the batch is empty. */
const recurrent: ModelInput = {
  nodes: [
    {
      op: "Transpose",
      inputs: ["x"],
      outputs: ["turned"],
      attributes: { perm: [1, 0, 2] },
    },
    {
      op: "GRU",
      inputs: ["turned", "w", "r"],
      outputs: ["y"],
      attributes: { hidden_size: 1 },
    },
  ],
  inputs: [{ name: "x", dims: ["batch", "time", 1] }],
  outputs: [{ name: "y", dims: ["time", 1, "batch", 1] }],
  weights: {
    w: { dims: [1, 3, 1], values: [0.1, 0.2, 0.3] },
    r: { dims: [1, 3, 1], values: [0.3, 0.2, 0.1] },
  },
};
const steps = safetensors({
  "one/in/x": { dtype: "F32", shape: [1, 2, 1], values: [1, 2] },
  "one/fp32/y": { dtype: "F32", shape: [2, 1, 1, 1], values: [0, 0] },
});

const folder = (model: ModelInput, references: Buffer) =>
  folderOf({
    "end2end.onnx": onnxModel(model),
    "references.safetensors": references,
  });

describe("the worker", () => {
  test("runs the checks and sends what they find", async () => {
    const results = await run(await networkFolder(), {}, ["load", "parity"]);
    expect(results.map(({ check, status }) => [check, status])).toEqual([
      ["load", "pass"],
      ["parity", "pass"],
    ]);
  });

  test("survives a crash of ONNX Runtime: the check fails with the signal", async () => {
    const results = await run(await folder(divides, smallest), {}, [
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
      "ONNX Runtime crashes with SIGFPE, an integer division that no processor can do (case one)",
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
      await folder(named, references),
      await folderOf({}),
    ];
    const before = process.env.TMPDIR;
    process.env.TMPDIR = temporary;
    try {
      const results = await run(models, {}, ["load", "parity"]);
      expect(results[1]?.message).toContain("crashes with SIGFPE");
      expect(results[1]?.message).toContain("(case one, not optimised)");
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    expect(await readdir(temporary)).toEqual([]);
  });

  test("goes on with the next check in a new worker", async () => {
    const results = await run(await folder(divides, smallest), {}, [
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
      "SIGFPE, an integer division that no processor can do (inputs all NaN)",
    );
  });

  test("a crash over an empty batch is said, and no fault of the model", async () => {
    const results = await run(await folder(recurrent, steps), {}, [
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
    const results = await run(await folder(loops, one), { runSeconds: 1 }, [
      "load",
      "parity",
    ]);
    expect(results[1]?.message).toBe(
      "ONNX Runtime hangs: it did not come back within 1 s (case one)",
    );
  });

  test("ends a run that eats the memory", async () => {
    const results = await run(await folder(fills, one), { bytes: 5e8 }, [
      "load",
      "parity",
    ]);
    const ended = results.find(({ details }) => details.stopped === "memory");
    expect(ended?.message).toContain("needs more than 500 MB of memory");
  });

  test("runs nothing more where the model does not load", async () => {
    const unknown: ModelInput = {
      ...loops,
      nodes: [{ op: "Nonsense", inputs: ["x"], outputs: ["y"] }],
    };
    const results = await run(await folder(unknown, one), {}, [
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
    const results = await run(path, {}, ["parity"]);
    expect(results[0]).toMatchObject({ status: "fail", kind: "unproven" });
    expect(results[0]?.message).toContain("no readable safetensors file");
  });

  test("an abort ends it with the abort's reason", async () => {
    const reason = new Error("stopped by a test");
    const ctx = {
      ...(await workerContext()),
      signal: AbortSignal.abort(reason),
    };
    const path = await networkFolder();
    const subject: Subject = {
      folder: path,
      model: join(path, "end2end.onnx"),
      references: null,
      contract: null,
      contractProblem: null,
      published: null,
      policy: STRICT,
    };
    await expect(
      runSessionChecks(ctx, {
        subject,
        checks: ["load" as const],
        limits: LIMITS,
        totalSeconds: 60,
      }),
    ).rejects.toBe(reason);
  });

  test("a worker that is broken itself is the machine's fault, not the model's", async () => {
    const ctx = { ...(await workerContext()), worker: "/nowhere/worker.mjs" };
    const path = await networkFolder();
    const subject: Subject = {
      folder: path,
      model: join(path, "end2end.onnx"),
      references: null,
      contract: null,
      contractProblem: null,
      published: null,
      policy: STRICT,
    };
    const request = {
      subject,
      checks: ["load" as const],
      limits: LIMITS,
      totalSeconds: 60,
    };
    await expect(runSessionChecks(ctx, request)).rejects.toMatchObject({
      code: "worker-broken",
      exitCode: 3,
    });
  });
});
