import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { runChild } from "../child/run-child.ts";
import type { Context } from "../context.ts";
import { findEngine, listEngines } from "../engine/catalogue.ts";
import { engineEnvironment, requireInstalled } from "../engine/environment.ts";
import { scrubbedEnv } from "../engine/scrubbed-env.ts";
import { ExternalError, UsageError } from "../errors.ts";
import { removeTree } from "../remove-tree.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { run } from "./run.ts";

/** Training steps and pictures of the demo's detector take about a minute. */
const MAKING_MS = 10 * 60_000;

/** A tiny real model by real training steps, then the main job on it with the embedded file store. */
export async function demo(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const folder = resolve(ctx.cwd, String(flags.dir));
  const store = join(folder, "store");
  const model = join(store, "main/model/detector");

  if (existsSync(join(model, "config.py")))
    ctx.log.info(`the model is there already: ${model}`);
  else await makeModel(ctx, model);

  const out = join(folder, "out");
  await run(ctx, io, {
    store: pathToFileURL(store).href,
    "model-branch": "main",
    out,
    // Its store is a playground: a key of the repository around it is not for it, and the note says so.
    unsigned: true,
  });
}

async function makeModel(ctx: Context, folder: string): Promise<void> {
  const engines = await listEngines(ctx);
  const name = engines.find(({ demo }) => demo !== undefined)?.name;

  if (name === undefined)
    throw new UsageError("no engine here has a demo", {
      code: "demo",
      hint: "model-to-edge engine list",
    });

  const engine = findEngine(engines, name);
  const python = requireInstalled(engine, await engineEnvironment(ctx, engine));
  const [script = "", ...args] = engine.demo ?? [];

  ctx.log.info(
    `training a tiny detector on drawn pictures (about a minute): ${folder}`,
  );

  // Caches of the frameworks would lie beside the checkpoint, in the store.
  const home = await mkdtemp(join(tmpdir(), "model-to-edge-demo-"));
  const { exitCode, tail } = await runChild(ctx, {
    command: python,
    args: [join(engine.folder, script), ...args, folder],
    cwd: ctx.cwd,
    env: scrubbedEnv(ctx, home),
    timeoutMs: MAKING_MS,
    graceMs: 2000,
    maxLogBytes: 1 << 20,
    signal: ctx.signal,
  }).finally(() => removeTree(home));

  if (exitCode !== 0)
    throw new ExternalError(
      `the demo's model could not be made:\n${tail.join("\n")}`,
      {
        code: "demo",
        hint: `model-to-edge doctor says whether ${name} is installed rightly`,
      },
    );
}
