import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { runChild } from "../child/run-child.ts";
import type { Context } from "../context.ts";
import { modelFolders } from "../convert/workspace.ts";
import { notWritable, writtenBelow } from "../disk/not-writable.ts";
import { removeTree } from "../disk/remove-tree.ts";
import { withTemporaryFolder } from "../disk/temporary-folder.ts";
import { type Engine, findEngine, listEngines } from "../engine/catalogue.ts";
import { engineEnvironment, requireInstalled } from "../engine/environment.ts";
import { scrubbedEnv } from "../engine/scrubbed-env.ts";
import { ExternalError, UsageError } from "../errors.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { run } from "./run.ts";

/** Training steps and pictures of the demo's detector take about a minute. */
const MAKING_MS = 10 * 60_000;
const OTHER_DIR = "another folder with `--dir`";

/**
 * A tiny real model by real training steps, then the main job on it with the embedded file store. An engine that is named
 * has a folder of its own.
 */
export async function demo(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const named = flags.engine === undefined ? null : String(flags.engine);
  const folder = resolve(ctx.cwd, String(flags.dir), named ?? "");

  await writtenBelow({ folder, other: OTHER_DIR }, () =>
    demoIn(folder, { ...ctx, otherOut: OTHER_DIR }, io, named),
  );
}

async function demoIn(
  folder: string,
  ctx: Context,
  io: CommandIo,
  named: string | null,
): Promise<void> {
  const store = join(folder, "store");
  const model = join(store, "main/model", named ?? "detector");

  if (existsSync(model))
    ctx.log.info(`the demo's model already exists: ${model}`);
  else await makeModel(ctx, named, model);

  const out = join(folder, "out");
  await run(ctx, io, {
    store: pathToFileURL(store).href,
    "model-branch": "main",
    out,
    // Its store is a playground: a key of the repository around it is not for it, and the note says so.
    unsigned: true,
  });

  const { evidence } = modelFolders(out, basename(model));
  const page = join(evidence, "report.html");
  if (existsSync(page))
    ctx.log.info(
      `what was compared, in a browser: ${pathToFileURL(page).href}`,
    );
}

/** The engine that is named, else the first that has a demo. */
async function demoEngine(ctx: Context, named: string | null): Promise<Engine> {
  const engines = await listEngines(ctx);
  const engine =
    named === null
      ? engines.find(({ demo }) => demo !== undefined)
      : findEngine(engines, named);
  if (engine?.demo) return engine;

  const known = engines.filter(({ demo }) => demo).map(({ name }) => name);
  throw new UsageError(
    engine ? `${engine.name} has no demo` : "no engine here has a demo",
    {
      code: "demo",
      hint:
        known.length > 0
          ? `name an engine that has one: ${known.join(", ")}`
          : "look what `model-to-edge engine list` says",
    },
  );
}

/** Made beside its place, so that a half-made model is none. */
async function makeModel(
  ctx: Context,
  named: string | null,
  folder: string,
): Promise<void> {
  const engine = await demoEngine(ctx, named);
  const python = requireInstalled(engine, await engineEnvironment(ctx, engine));
  const [script = "", ...args] = engine.demo ?? [];

  ctx.log.info(
    `making a small real model with ${engine.name} (about a minute): ${folder}`,
  );

  const part = join(dirname(folder), `.${basename(folder)}.part`);
  await mkdir(dirname(folder), { recursive: true }).catch((error: unknown) => {
    throw notWritable(dirname(folder), error);
  });
  await removeTree(part);

  // Caches of the frameworks would lie beside the checkpoint, in the store.
  const { exitCode, tail } = await withTemporaryFolder(
    "model-to-edge-demo-",
    (home) =>
      runChild(ctx, {
        command: python,
        args: [join(engine.folder, script), ...args, part],
        cwd: ctx.cwd,
        env: scrubbedEnv(ctx, home),
        timeoutMs: MAKING_MS,
        graceMs: 2000,
        maxLogBytes: 1 << 20,
        signal: ctx.signal,
      }),
  );

  if (exitCode !== 0) {
    await removeTree(part);
    throw new ExternalError(
      `the demo's model could not be made:\n${tail.join("\n")}`,
      {
        code: "demo",
        hint: `run \`model-to-edge doctor\`: it reports whether ${engine.name} is installed correctly`,
      },
    );
  }

  await rename(part, folder);
}
