import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { resolveDevice } from "../../src/engine/device.ts";
import { engineEnvironment } from "../../src/engine/environment.ts";
import { canUseGpu } from "../../src/engine/gpu-check.ts";
import { readEnvironment } from "../../src/environment.ts";
import type { Log } from "../../src/log.ts";
import { temporaryFolder } from "../child/children.ts";
import { testContext, toyEngine } from "./toy.ts";

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
    "device cuda:1 is not on this machine: it has 1 NVIDIA devices",
  ],
  [
    "cuda:0",
    0,
    undefined,
    "device cuda:0 is not on this machine: it has no NVIDIA devices",
  ],
  ["gpu", 1, undefined, 'device cannot be "gpu"'],
  ["cuda:-1", 1, undefined, 'device cannot be "cuda:-1"'],
])(
  "%s with %i devices, CUDA_VISIBLE_DEVICES=%s: %s",
  async (wanted, count, visible, expected) => {
    const env = visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible };
    const resolved = resolveDevice(
      { environment: readEnvironment(env) },
      wanted,
      undefined,
      devices(count),
    ).catch((error: Error) => error.message);
    expect(await resolved).toBe(expected);
  },
);

it("is cpu where there is no folder of devices", async () => {
  expect(
    await resolveDevice(
      { environment: readEnvironment({}) },
      "auto",
      undefined,
      "/nowhere",
    ),
  ).toBe("cpu");
});

it("is cpu where the engine's environment cannot use the GPU that is there, unless it was asked for by name", async () => {
  const cannot = async () => false;
  expect(
    await resolveDevice(
      { environment: readEnvironment({}) },
      "auto",
      cannot,
      devices(1),
    ),
  ).toBe("cpu");
  expect(
    await resolveDevice(
      { environment: readEnvironment({}) },
      "cuda:0",
      cannot,
      devices(1),
    ),
  ).toBe("cuda:0");
});

it.each([
  ["print('2 GPUs')", true, []],
  [
    "import sys; print('torch 1.13: 0 GPUs'); sys.exit(1)",
    false,
    ["torch 1.13: 0 GPUs"],
  ],
])("asks the engine's own file %s: %s", async (code, can, said) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "gpu_check.py"), code);
  const warnings: string[] = [];
  const ctx = {
    ...testContext(),
    log: { warn: (line: string) => warnings.push(line) } as unknown as Log,
  };
  const engine = { ...(await toyEngine()), folder, gpu_check: "gpu_check.py" };
  expect(
    await canUseGpu(ctx, engine, await engineEnvironment(ctx, engine)),
  ).toBe(can);
  expect(warnings).toEqual(said.map((words) => expect.stringContaining(words)));
});
