import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { resolveDevice } from "../../src/engine/device.ts";
import { temporaryFolder } from "../child/children.ts";

/** A `/dev` with GPUs, and with what a driver without a GPU leaves there. */
function devices(count: number): string {
  const folder = temporaryFolder();
  const names = ["null", "nvidiactl", "nvidia-uvm", ...Array.from({ length: count }, (_, index) => `nvidia${index}`)];
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
  ["cuda:1", 2, "0", "device cuda:1 is not on this machine: it has 1 NVIDIA devices"],
  ["cuda:0", 0, undefined, "device cuda:0 is not on this machine: it has no NVIDIA devices"],
  ["gpu", 1, undefined, 'device cannot be "gpu"'],
  ["cuda:-1", 1, undefined, 'device cannot be "cuda:-1"'],
])("%s with %i devices, CUDA_VISIBLE_DEVICES=%s: %s", async (wanted, count, visible, expected) => {
  const env = visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible };
  const resolved = resolveDevice({ env }, wanted, devices(count)).catch((error: Error) => error.message);
  expect(await resolved).toBe(expected);
});

it("is cpu where there is no folder of devices", async () => {
  expect(await resolveDevice({ env: {} }, "auto", "/nowhere")).toBe("cpu");
});
