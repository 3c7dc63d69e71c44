import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveDevice } from "../../src/engine/device.ts";
import { engineEnvironment } from "../../src/engine/environment.ts";
import { whyNoGpu } from "../../src/engine/gpu-check.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import type { Log } from "../../src/log/log.ts";
import { temporaryFolder } from "../child/children.ts";
import { testContext, toyEngine } from "./toy.ts";

/** What `resolveDevice` needs, and the warnings it gave. */
function machine(env: Record<string, string> = {}) {
  const warnings: string[] = [];
  const log = { warn: (line: string) => warnings.push(line) };
  const environment = readEnvironment(env);
  return { ctx: { environment, log: log as unknown as Log }, warnings };
}

/** A `/dev` with GPUs, and with what a driver without a GPU leaves there. */
function devices(count: number): string {
  const folder = temporaryFolder();
  const names = [
    "null",
    "nvidiactl",
    "nvidia-uvm",
    ...Array.from({ length: count }, (_, index) => `nvidia${index}`),
  ];
  for (const name of names) writeFileSync(join(folder, name), "");
  return folder;
}

it.each([
  ["cpu", 2, undefined, "cpu"],
  ["auto", 0, undefined, "cpu"],
  ["auto", 2, undefined, "cuda:0"],
  ["auto", 2, "1", "cuda:0"],
  ["auto", 2, "", "cpu"],
  ["auto", 2, "-1", "cpu"],
  ["cuda:1", 2, undefined, "cuda:1"],
  [
    "cuda:1",
    2,
    "0",
    "device cuda:1 does not exist on this machine, which has 1 NVIDIA devices",
  ],
  [
    "cuda:0",
    0,
    undefined,
    "device cuda:0 does not exist on this machine, which has no NVIDIA devices",
  ],
  ["gpu", 1, undefined, 'device cannot be "gpu"'],
  ["cuda:-1", 1, undefined, 'device cannot be "cuda:-1"'],
])(
  "%s with %i devices, CUDA_VISIBLE_DEVICES=%s: %s",
  async (wanted, count, visible, expected) => {
    const env = visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible };
    const resolved = resolveDevice(
      machine(env).ctx,
      wanted,
      undefined,
      devices(count),
    ).catch((error: Error) => error.message);
    expect(await resolved).toBe(expected);
  },
);

it("is cpu where there is no folder of devices", async () => {
  const { ctx } = machine();
  const device = resolveDevice(ctx, "auto", undefined, "/nowhere");
  expect(await device).toBe("cpu");
});

describe("a GPU that the engine's environment cannot use", () => {
  const cannot = async () => "torch 1.13: 0 GPUs";

  it("leaves the work to the CPU, and says why", async () => {
    const { ctx, warnings } = machine();
    expect(await resolveDevice(ctx, "auto", cannot, devices(1))).toBe("cpu");
    expect(warnings).toEqual([expect.stringContaining("torch 1.13: 0 GPUs")]);
  });

  it("is an error where it was asked for", async () => {
    const { ctx } = machine();
    const resolved = resolveDevice(ctx, "cuda:0", cannot, devices(1));
    await expect(resolved).rejects.toThrow(
      expect.objectContaining({
        exitCode: 2,
        code: "device-unusable",
        message: expect.stringContaining("torch 1.13: 0 GPUs"),
      }),
    );
  });
});

it.each([
  ["print('2 GPUs')", null],
  [
    "import sys; print('torch 1.13: 0 GPUs'); sys.exit(1)",
    "torch 1.13: 0 GPUs",
  ],
  ["import sys; sys.exit(1)", "gpu_check.py failed"],
])("asks the engine's own file %s: %s", async (code, why) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "gpu_check.py"), code);
  const engine = { ...(await toyEngine()), folder, gpu_check: "gpu_check.py" };
  const ctx = testContext();
  const environment = await engineEnvironment(ctx, engine);
  expect(await whyNoGpu(ctx, engine, environment)).toBe(why);
});
