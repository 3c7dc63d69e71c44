import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  crashFolder,
  fills,
  loops,
  oneValue,
} from "../../support/crashing-models.ts";
import { folderOf, networkFolder } from "../../support/model-folder.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import { safetensors } from "../../support/references-writer.ts";
import { runChecksOf, sessionRequestOf } from "../../support/session-checks.ts";
import { bundleWorker } from "../../support/worker-bundle.ts";

/** The real worker after something was done to its own process. */
async function workerAfter(lines: string): Promise<string> {
  const folder = await folderOf({});
  const path = join(folder, "worker.mjs");
  await writeFile(
    path,
    `import { execFileSync, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
if (isMainThread) {
${lines}
}
await import(${JSON.stringify(await bundleWorker())});
`,
  );
  return path;
}

/** Of the process, as `ulimit` sets them. */
const limited = (option: string) =>
  workerAfter(
    `execFileSync("prlimit", ["--pid", String(process.pid), ${JSON.stringify(option)}]);`,
  );

/** When it has computed for a second and a half, which its start does not take. */
const killLater = `spawn("sh", ["-c", "while [ $(awk '{ print $14 + $15 }' /proc/" + process.pid + "/stat) -lt 150 ]; do sleep 0.05; done; kill -9 " + process.pid], { stdio: "ignore", detached: true }).unref();`;

/** Rounds of a loop; 2^21 take some seconds. */
function turns(rounds: number): ModelInput {
  return {
    ...loops,
    weights: { rounds: { dims: [], values: [rounds], type: 7 } },
  };
}

const hasPrlimit = (() => {
  try {
    return execFileSync("prlimit", ["--version"]).length > 0;
  } catch {
    return false;
  }
})();

describe("what the machine prevents is no verdict", () => {
  test.each<[string, string, object]>([
    [
      "is killed from outside twice",
      killLater,
      { code: "check-killed", exitCode: 2 },
    ],
    [
      "is killed before its first check",
      `process.kill(process.pid, "SIGKILL");`,
      { code: "check-killed", exitCode: 2 },
    ],
    [
      "SIGTERM ends, which a retry cures",
      killLater.replace("kill -9", "kill -15"),
      { code: "killed", exitCode: 3 },
    ],
  ])("a process that %s", async (_what, program, error) => {
    const request = sessionRequestOf(await crashFolder(loops, oneValue), [
      "load",
      "parity",
    ]);
    const worker = await workerAfter(program);
    await expect(runChecksOf(request, { worker })).rejects.toMatchObject(error);
  });

  test("a process that is killed once is run again, alone, and then it counts", async () => {
    const folder = await crashFolder(turns(2 ** 21), oneValue);
    const marker = join(folder, "killed-once");
    const worker = await workerAfter(
      `if (!existsSync(${JSON.stringify(marker)})) { writeFileSync(${JSON.stringify(marker)}, ""); ${killLater} }`,
    );
    const request = sessionRequestOf(folder, ["load", "parity"]);
    const results = await runChecksOf(request, { worker });
    expect(results.map(({ check, kind }) => [check, kind])).toEqual([
      ["load", undefined],
      ["parity", "wrong"],
    ]);
    expect(results[1]?.message).not.toContain("SIGKILL");
  });

  test.runIf(hasPrlimit)("memory that the model may have", async () => {
    const worker = await limited("--as=2500000000");
    const folder = await crashFolder(fills, oneValue);
    const request = sessionRequestOf(folder, ["load", "parity"], {
      bytes: 8e9,
    });
    await expect(runChecksOf(request, { worker })).rejects.toMatchObject({
      code: "memory",
      exitCode: 3,
    });
  });

  test.runIf(hasPrlimit)("a file that the disk does not take", async () => {
    const worker = await limited("--fsize=16");
    const folder = await networkFolder();
    const named = safetensors(
      {
        "one/in/x": { dtype: "F32", shape: [1], values: [1] },
        "one/fp32/y": { dtype: "F32", shape: [1], values: [1] },
        "one/aux/fp32/h": { dtype: "F32", shape: [1], values: [1] },
      },
      { "inner/h": "source" },
    );
    await writeFile(join(folder, "references.safetensors"), named);
    const model = {
      ...loops,
      nodes: [
        { op: "Identity", inputs: ["x"], outputs: ["h"] },
        { op: "Sin", inputs: ["h"], outputs: ["y"] },
      ],
      weights: {},
    };
    const request = sessionRequestOf(await crashFolder(model, named), [
      "load",
      "behaviour",
    ]);
    await expect(runChecksOf(request, { worker })).rejects.toMatchObject({
      exitCode: 3,
    });
  });

  test("checks that take too long in all", async () => {
    const request = sessionRequestOf(await crashFolder(loops, oneValue), [
      "load",
      "parity",
    ]);
    await expect(
      runChecksOf({ ...request, totalSeconds: 3 }),
    ).rejects.toMatchObject({ code: "time", exitCode: 3 });
  });

  test("a check that computes for too long itself", async () => {
    const request = sessionRequestOf(await crowd(), ["load", "parity"], {
      ownSeconds: 0.2,
    });
    await expect(runChecksOf(request)).rejects.toMatchObject({
      code: "time",
      exitCode: 3,
      message: expect.stringContaining("the check parity computed for more"),
    });
  });
});

/** Boxes that lie so near each other that matching them takes seconds. */
async function crowd(): Promise<string> {
  const [labels, each] = [24, 399];
  const rows = labels * each;
  const boxes = (off: number) =>
    Array.from({ length: rows }, (_, row) => [
      ...[10 + (row % 7) / 100 + off, 10 + (row % 11) / 100, 60, 60],
      0.2 + (row % 97) / 200,
    ]).flat();
  const label = Array.from({ length: rows }, (_, row) => row % labels);
  const model: ModelInput = {
    nodes: [
      { op: "Identity", inputs: ["x"], outputs: ["dets"] },
      { op: "Identity", inputs: ["classes"], outputs: ["labels"] },
    ],
    inputs: [{ name: "x", dims: [1, rows, 5] }],
    outputs: [
      { name: "dets", dims: [1, rows, 5] },
      { name: "labels", dims: [1, rows], type: 7 },
    ],
    weights: { classes: { dims: [1, rows], values: label, type: 7 } },
  };
  return crashFolder(
    model,
    safetensors({
      "one/in/x": { dtype: "F32", shape: [1, rows, 5], values: boxes(0) },
      "one/fp32/dets": {
        dtype: "F32",
        shape: [1, rows, 5],
        values: boxes(0.003),
      },
      "one/fp64/dets": {
        dtype: "F64",
        shape: [1, rows, 5],
        values: boxes(0.002),
      },
      "one/fp32/labels": { dtype: "I64", shape: [1, rows], values: label },
      "one/fp64/labels": { dtype: "I64", shape: [1, rows], values: label },
    }),
  );
}
