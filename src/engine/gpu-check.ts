import { join } from "node:path";
import { runChild } from "../child/run-child.ts";
import type { Context } from "../context.ts";
import { plainLine } from "../text/plain-text.ts";
import type { Engine } from "./catalogue.ts";
import { type EngineEnvironment, requireInstalled } from "./environment.ts";
import { scrubbedEnv } from "./scrubbed-env.ts";

/** Why the engine's environment cannot compute on this machine's GPU, in its own words; null where it can. */
export async function whyNoGpu(
  ctx: Pick<Context, "environment" | "now" | "root" | "signal">,
  engine: Engine,
  environment: EngineEnvironment,
): Promise<string | null> {
  if (!engine.gpu_check) return null;

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
  if (exitCode === 0) return null;

  return plainLine(tail.at(-1) ?? "") || `${engine.gpu_check} failed`;
}
