import { readdir } from "node:fs/promises";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";

/**
 * `cpu` or `cuda:N` for what was asked: `auto`, `cpu` or `cuda:N`. `auto` is the first NVIDIA device where there is one
 * that the engine's environment can use.
 * Throws `UsageError` for another word, and for a device that is not on this machine.
 */
export async function resolveDevice(
  ctx: Pick<Context, "environment">,
  wanted: string,
  canUseGpu: () => Promise<boolean> = async () => true,
  devices = "/dev",
): Promise<string> {
  if (wanted === "cpu") return "cpu";

  const number = /^cuda:(\d{1,3})$/.exec(wanted)?.[1];
  if (wanted !== "auto" && number === undefined)
    throw new UsageError(`device cannot be "${wanted}"`, {
      code: "device-unknown",
      hint: "known: auto, cpu, cuda:N",
    });

  const count = await nvidiaDevices(ctx.environment.visibleGpus, devices);
  if (wanted === "auto")
    return count > 0 && (await canUseGpu()) ? "cuda:0" : "cpu";
  if (Number(number) < count) return wanted;

  throw new UsageError(
    `device ${wanted} is not on this machine: it has ${count || "no"} NVIDIA devices`,
    {
      code: "device-missing",
      hint: "choose a runner with a GPU (tags), or --device cpu",
    },
  );
}

/** Those that a process of ours would see. */
async function nvidiaDevices(
  visible: string | null,
  devices: string,
): Promise<number> {
  const names = await readdir(devices).catch(() => []);
  const present = names.filter((name) => /^nvidia\d+$/.test(name)).length;
  if (visible === null) return present;

  const listed = visible
    .split(",")
    .filter((id) => id.trim() !== "" && id.trim() !== "-1").length;

  return Math.min(present, listed);
}
