import { chmod, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { runChild } from "../child/run-child.ts";
import type { Context } from "../context.ts";
import { withLock } from "../disk/lock.ts";
import { writtenBelow } from "../disk/not-writable.ts";
import { toJson, writeWhole } from "../document/document.ts";
import { ExternalError } from "../errors.ts";
import { plainLine } from "../text/plain-text.ts";
import type { Engine } from "./catalogue.ts";
import { cachedEngines, makeEnginesFolder } from "./engines-folder.ts";
import {
  COMPLETE,
  type EngineEnvironment,
  engineEnvironment,
} from "./environment.ts";
import { describeInterpreter } from "./interpreter.ts";
import { moveEnvironment } from "./move-environment.ts";
import type { EngineInstall } from "./protocol.ts";
import { choosePython } from "./python-version.ts";

type InstallContext = Pick<
  Context,
  "cache" | "engines" | "environment" | "log" | "now" | "root" | "signal"
>;

// Lines of the script such as `==> torch from PyPI (12 s)`.
const STEP = /^==> (.+)/;
const SHOWN_LINES = 15;
/** The cache may be shared by machines: one that was killed is not waited for. */
const HOLDER_SILENCE_MS = 30_000;

/**
 * Makes the engine's environment in the folder of the engines; nothing to do where it is there. Can be called again after a failure or a
 * kill: what was done is kept, and only success marks the environment as complete. Several at once wait for one another.
 * Throws `ExternalError` with the last lines and the log's path, `UsageError` where no Python of a version that is taken
 * is there.
 */
export async function installEngine(
  ctx: InstallContext,
  engine: Engine,
): Promise<EngineEnvironment> {
  const chosen = {
    folder: ctx.engines,
    other: "another folder with MODEL_TO_EDGE_CACHE",
  };
  return writtenBelow(chosen, () => installBelow(ctx, engine));
}

async function installBelow(
  ctx: InstallContext,
  engine: Engine,
): Promise<EngineEnvironment> {
  await makeEnginesFolder(ctx.engines);
  await mkdir(cachedEngines(ctx), { recursive: true });
  const before = await movedHere(ctx, await engineEnvironment(ctx, engine));
  const { folder } = before;
  const { install } = engine;

  if (before.installed || folder === null || !install) {
    ctx.log.info(`engine ${engine.name}: installed (${before.python})`);
    return before;
  }

  const lock = {
    signal: ctx.signal,
    patienceMs: Number.POSITIVE_INFINITY,
    silenceMs: HOLDER_SILENCE_MS,
    doing: `installing engine ${engine.name}`,
    waiting: () =>
      ctx.log.info(
        `engine ${engine.name}: waiting for another process that is installing it`,
      ),
  };

  return withLock(`${folder}.lock`, lock, async () => {
    const now = await engineEnvironment(ctx, engine);
    if (!now.installed) await runScript(ctx, engine, install, folder);
    return engineEnvironment(ctx, engine);
  });
}

/** One that an earlier version made in the cache: moved, which takes no time, and not made again. */
async function movedHere(
  ctx: InstallContext,
  before: EngineEnvironment,
): Promise<EngineEnvironment> {
  const { folder } = before;
  if (!before.installed || folder === null) return before;
  if (dirname(folder) === ctx.engines) return before;

  return moveEnvironment(ctx, folder, join(ctx.engines, basename(folder)));
}

async function runScript(
  ctx: InstallContext,
  engine: Engine,
  { script, says }: EngineInstall,
  folder: string,
) {
  const { python: chosen, isOneOfSeveral } = await choosePython(ctx);
  const logFile = `${folder}.log`;
  ctx.log.info(`engine ${engine.name}: ${says}`);
  ctx.log.info(`engine ${engine.name}: into ${folder}, log in ${logFile}`);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);

  const progress = ctx.log.progress(`install ${engine.name}`);
  const outcome = await runChild(ctx, {
    command: "/bin/sh",
    // Another user, as an engine's process may be, must be able to read it.
    args: [
      ...["-c", 'umask 022; exec /bin/sh "$@"', "sh"],
      ...[join(engine.folder, script), folder, cachedEngines(ctx)],
    ],
    cwd: engine.folder,
    // It runs foreign code: an allowlist, and nobody's secrets.
    env: {
      ...ctx.environment.forInstall,
      ...(chosen && isOneOfSeveral ? { MODEL_TO_EDGE_PYTHON: chosen } : {}),
    },
    logFile,
    onLine: (line) => {
      const step = STEP.exec(line)?.[1];
      if (step) ctx.log.info(`install ${engine.name}: ${plainLine(step)}`);
    },
    graceMs: 2000,
    maxLogBytes: 8 * 1024 * 1024,
    signal: ctx.signal,
  }).finally(() => progress.end());
  if (outcome.aborted) ctx.signal.throwIfAborted();

  const python = join(folder, "bin/python");
  const described =
    outcome.exitCode === 0
      ? await describeInterpreter(ctx, python, engine.packages)
      : null;

  if (described === null) {
    const why =
      outcome.exitCode === 0
        ? "left no Python that runs"
        : `ended with ${outcome.signal ?? outcome.exitCode}`;

    const last = outcome.tail
      .slice(-SHOWN_LINES)
      .map((line) => `  ${plainLine(line)}`);

    throw new ExternalError(
      [`engine ${engine.name}: its install script ${why}`, ...last].join("\n"),
      {
        code: "engine-install",
        hint: `read the whole log, ${logFile}; the same command, run again, resumes where it stopped`,
      },
    );
  }

  await writeWhole(join(folder, COMPLETE), toJson({ ...described, python }));
  ctx.log.info(
    `engine ${engine.name}: installed in ${Math.round(outcome.seconds)} s`,
  );
}
