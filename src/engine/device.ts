import { readdir } from "node:fs/promises";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { errorPage } from "../text/docs-address.ts";

/**
 * `cpu` or `cuda:N` for what was asked: `auto`, `cpu` or `cuda:N`. `auto` is the first NVIDIA device where there is one
 * that the engine's environment can use; `whyUnusable` says in a few words why it cannot, null where it can.
 * Throws `UsageError` for another word, and for a device that is not on this machine or that the engine cannot use.
 */
export async function resolveDevice(
  ctx: Pick<Context, "environment" | "log">,
  wanted: string,
  whyUnusable: () => Promise<string | null> = async () => null,
  devices = "/dev",
): Promise<string> {
  if (wanted === "cpu") return "cpu";

  const number = /^cuda:(\d{1,3})$/.exec(wanted)?.[1];
  if (wanted !== "auto" && number === undefined)
    throw new UsageError(`device cannot be "${wanted}"`, {
      code: "device-unknown",
      hint: "set `--device` (input device) to auto, cpu or cuda:N",
    });

  const count = await nvidiaDevices(ctx.environment.visibleGpus, devices);
  if (wanted === "auto") return firstUsable(ctx, count, whyUnusable);
  if (Number(number) >= count)
    throw new UsageError(
      `device ${wanted} does not exist on this machine, which has ${count || "no"} NVIDIA devices`,
      { code: "device-missing", hint: NO_DEVICE },
    );

  const why = await whyUnusable();
  if (why === null) return wanted;

  throw new UsageError(
    `device ${wanted} exists, but the engine cannot use it: ${why}`,
    { code: "device-unusable", hint: UNUSABLE },
  );
}

const NO_DEVICE =
  "use a runner with a GPU (input `tags`), or convert on the CPU: `--device cpu` (in the component, `gpu: false`)";
const UNUSABLE =
  "use an image with CUDA and a matching driver (input `gpu: true`), or convert on the CPU: `--device cpu` (in the component, `gpu: false`)";

async function firstUsable(
  { log }: Pick<Context, "log">,
  count: number,
  whyUnusable: () => Promise<string | null>,
): Promise<string> {
  if (count === 0) return "cpu";

  const why = await whyUnusable();
  if (why === null) return "cuda:0";

  log.warn(
    `there is a GPU, but the engine cannot use it (${why}): it runs on the CPU`,
    errorPage("device-unusable"),
  );

  return "cpu";
}

/** NVIDIA devices that a process of ours would see; `visible` is CUDA_VISIBLE_DEVICES. */
export async function nvidiaDevices(
  visible: string | null,
  devices = "/dev",
): Promise<number> {
  const names = await readdir(devices).catch(() => []);
  const present = names.filter((name) => /^nvidia\d+$/.test(name)).length;
  if (visible === null) return present;

  const listed = visible
    .split(",")
    .filter((id) => id.trim() !== "" && id.trim() !== "-1").length;

  return Math.min(present, listed);
}
