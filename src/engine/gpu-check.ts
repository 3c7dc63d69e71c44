import { join } from "node:path";
import { runChild } from "../child/run-child.ts";
import type { Context } from "../context.ts";
import { plainLine } from "../plain-text.ts";
import type { Engine } from "./catalogue.ts";
import { type EngineEnvironment, requireInstalled } from "./environment.ts";
import { scrubbedEnv } from "./scrubbed-env.ts";

/** Whether the engine's environment can compute on this machine's GPU; says so where it cannot. */
export async function canUseGpu(
  ctx: Pick<Context, "environment" | "log" | "now" | "root" | "signal">,
  engine: Engine,
  environment: EngineEnvironment,
): Promise<boolean> {
  if (!engine.gpu_check) return true;

  const { exitCode, tail } = await runChild(ctx, {
    command: requireInstalled(engine, environment),
    args: [join(engine.folder, engine.gpu_check)],
    cwd: "/",
    env: scrubbedEnv(ctx, "/nonexistent"),
    timeoutMs: 120_000,
    graceMs: 1000,
    maxLogBytes: 100_000,
    signal: ctx.signal,
  });
  if (exitCode === 0) return true;

  const words = plainLine(tail.at(-1) ?? "");
  ctx.log.warn(
    `there is a GPU, but engine ${engine.name} cannot use it (${words}): it works on the CPU`,
  );

  return false;
}
