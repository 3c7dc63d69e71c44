import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { makeProgram } from "./commands/program/program.ts";
import type { Context } from "./context.ts";
import { enginesFolder } from "./engine/engines-folder.ts";
import { readEnvironment } from "./environment/environment.ts";
import {
  type AppError,
  EXIT,
  EXIT_MEANINGS,
  type ExitCode,
  ExternalError,
} from "./errors.ts";
import { foreseen } from "./foreseen.ts";
import { createLog, type ProgramLog, wantsColour } from "./log/log.ts";
import { makeNetwork } from "./network/network.ts";
import { proxiesInUse } from "./network/proxies-in-use.ts";
import { unlessMissing } from "./node-error.ts";
import { steadyNow } from "./steady-clock.ts";
import { docsAddress, errorPage } from "./text/docs-address.ts";

/** Seconds that a stopped run has for its clean-up before it is truncated. */
const GRACE = 8;

type ProgramContext = Context & { log: ProgramLog };

/** Runs one command line to its exit code; `process` is handed in by the entry, nothing else touches it. */
export async function main(process: NodeJS.Process): Promise<ExitCode> {
  // The S3 client announces the end of its Node 20 support on stderr, in every job.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

  const cwd = currentFolder(process);
  if (cwd === null) {
    process.stderr.write(
      "error: the folder that this runs in was removed\nhint: go to a folder that exists (`cd`), and run it again\n",
    );
    return EXIT.usage;
  }

  const stop = new AbortController();
  const context = makeContext(process, cwd, stop.signal);

  /** Nobody waits for what runs: its sections stay open. */
  const endNow = (error: unknown) => {
    context.log.endSections();
    process.exit(explain(context, error));
  };

  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () => {
      stop.abort(
        new ExternalError(`stopped by ${signal}`, {
          code: "stopped",
          hint: "run it again: what was done before it was stopped stays",
        }),
      );
      setTimeout(() => endNow(stop.signal.reason), GRACE * 1000).unref();
    });
  }

  // Node's own exit code for what nobody awaited is 1, which is a red verdict here.
  process.once("uncaughtException", endNow);

  // Limits of time let go of the loop: where a connection dies without a word, nothing else keeps it, and Node ends with 13.
  const awake = setInterval(() => undefined, 60_000);

  try {
    let exitCode: ExitCode = EXIT.ok;
    const program = makeProgram(
      context,
      {
        print: (text) => process.stdout.write(text),
        exit: (code) => {
          exitCode = code;
        },
        stopAfter: (milliseconds, reason) =>
          void setTimeout(() => stop.abort(reason), milliseconds).unref(),
      },
      process.argv.slice(2),
    );

    await program.parseAsync(process.argv);

    return exitCode;
  } catch (error) {
    return explain(context, error);
  } finally {
    clearInterval(awake);
  }
}

function makeContext(
  process: NodeJS.Process,
  cwd: string,
  signal: AbortSignal,
): ProgramContext {
  const root = fileURLToPath(new URL("..", import.meta.url));
  // With --json, stdout is for the machine alone.
  const output = process.argv.includes("--json")
    ? process.stderr
    : process.stdout;

  const environment = readEnvironment(process.env);
  const cache =
    process.env.MODEL_TO_EDGE_CACHE ||
    join(
      process.env.XDG_CACHE_HOME || join(homeFolder(), ".cache"),
      "model-to-edge",
    );
  const { version, repository } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ) as { version: string; repository: { url: string } };

  const docs = docsAddress({
    wanted: environment.option("docs-url"),
    server: process.env.CI_SERVER_URL || null,
    repository: repository.url,
    version,
  });

  return {
    environment,
    cwd,
    home: homeFolder(),
    cache,
    engines: enginesFolder({ cache, environment }),
    root,
    worker: join(root, "dist", "worker.js"),
    version,
    docs,
    nodeVersion: process.versions.node,
    log: createLog(
      { write: (text) => output.write(text), isTTY: Boolean(output.isTTY) },
      {
        sections: process.env.GITLAB_CI === "true",
        colour: wantsColour(process.env, Boolean(output.isTTY)),
        mask: environment.mask,
        now: steadyNow,
        docs,
      },
    ),
    fetch: makeNetwork(environment.network).fetch,
    now: steadyNow,
    signal,
  };
}

/** Null where somebody removed the folder that the command runs in: Node throws then. */
function currentFolder(process: NodeJS.Process): string | null {
  return unlessMissing(() => process.cwd());
}

/** A container may run as a user without HOME and without an account: Node throws then. */
function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return "/";
  }
}

/** Prints an error for the person who has to act on it, and gives its exit code. */
function explain(context: Context, thrown: unknown): ExitCode {
  if (thrown instanceof CommanderError)
    return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;

  const error = foreseen(thrown);
  if (error) {
    tell(context, error);
    return end(context, error.exitCode);
  }

  context.log.error(
    `this is a bug in model-to-edge ${context.version}: please report it with the lines below`,
  );
  context.log.info(
    thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
  );

  return end(context, EXIT.bug);
}

function tell(context: Context, error: AppError): void {
  context.log.error(error.message);
  if (error.hint) context.log.info(`hint: ${error.hint}`);
  const also = proxiesInUse(error.code, context.environment.network.proxies);
  if (also) context.log.info(`hint: ${also}`);
  if (error.stands) context.log.info(`so far: ${error.stands}`);

  for (const cause of causesOf(error)) context.log.info(`caused by: ${cause}`);
  if (error.code)
    context.log.info(`more: ${context.docs}/${errorPage(error.code)}`);
}

/** What it was thrown for, without words that were said already. */
function causesOf(error: AppError): Set<string> {
  const said = new Set<string>();
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause)
    said.add(cause.message);
  said.delete(error.message);

  return said;
}

function end({ log }: Context, exitCode: ExitCode): ExitCode {
  log.info(`exit code ${exitCode}: ${EXIT_MEANINGS[exitCode]}`);
  return exitCode;
}
