import { Readable, type Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { Context } from "../context.ts";
import { ExternalError } from "../errors.ts";
import { machineFault } from "../machine-fault.ts";
import { plainText, withoutAnsi } from "../text/plain-text.ts";
import { lineReader } from "./lines.ts";
import { createOutputLog } from "./output-log.ts";
import { killGroup, untilExit } from "./process-group.ts";
import { watchOver } from "./watchdog.ts";

export interface ChildCommand {
  command: string;
  args: string[];
  cwd: string;
  /** The whole environment: nothing is inherited. */
  env: Record<string, string>;
  /** For standard input, which is empty otherwise. A stream is never waited for. */
  input?: string | Readable;
  /** Lines on file descriptor 3, at most 16 KiB each. */
  extraFd?: (line: string) => void;
  /** What the child prints, cut in the middle beyond `maxLogBytes`. */
  logFile?: string;
  onLine?: (line: string) => void;
  timeoutMs?: number;
  /** Between SIGTERM and SIGKILL. */
  graceMs: number;
  maxLogBytes: number;
  signal: AbortSignal;
  /** It ends by itself in a moment, also where we are gone: a process that watches over it would cost what it costs. */
  isBrief?: boolean;
}

export interface ChildOutcome {
  exitCode: number | null;
  signal: string | null;
  timedOut: boolean;
  aborted: boolean;
  seconds: number;
  /** The last lines that it printed, masked and plain. */
  tail: string[];
  /** The log's middle was cut out. */
  truncated: boolean;
  /** Lines on file descriptor 3 that were too long. */
  droppedLines: number;
}

const PIPES_AFTER_EXIT_MS = 1000;

/**
 * Runs a process in a group of its own, and ends the whole group on time-out, on abort, at its end, and with us.
 * A child that fails is data, not an error; throws `ExternalError` only where it cannot be started.
 *
 * Returns soon after the process is gone, even if one of its children left the group and holds the pipes:
 * execa's own time-out and its wait for the pipes would take as long as that child.
 */
export async function runChild(
  ctx: Pick<Context, "environment" | "now">,
  command: ChildCommand,
): Promise<ChildOutcome> {
  const started = ctx.now().getTime();
  const { mask } = ctx.environment;
  const log = createOutputLog({
    file: command.logFile ?? null,
    maxBytes: command.maxLogBytes,
    clean: (text) =>
      plainText(withoutAnsi(mask(text)).replaceAll(/\r\n?/g, "\n")),
    onLine: command.onLine,
  });

  const extra = lineReader((line) => command.extraFd?.(line));
  const [stdout, stderr] = [log.stream(), log.stream()];

  const child = start(command);
  const callOff =
    child.pid === undefined || command.isBrief
      ? () => undefined
      : watchOver(child.pid);
  const [, out, err, fd3] = child.stdio;
  const pipes = [
    drained(out, stdout),
    drained(err, stderr),
    drained(fd3, extra.push),
  ];

  const stopped = await untilExit(child, command);

  killGroup(child.pid, "SIGKILL");
  callOff();
  await Promise.race([
    Promise.all(pipes),
    sleep(PIPES_AFTER_EXIT_MS, undefined, { ref: false }),
  ]);
  for (const stream of child.stdio) stream?.destroy();
  stdout(null);
  stderr(null);

  const { tail, cutBytes } = await log.end();
  if (stopped.failed) throw cannotStart(command, stopped.failed);

  return {
    exitCode: child.exitCode,
    signal: child.signalCode,
    timedOut: stopped.why === "timeout",
    aborted: stopped.why === "abort",
    seconds: (ctx.now().getTime() - started) / 1000,
    tail,
    truncated: cutBytes > 0,
    droppedLines: extra.dropped(),
  };
}

function start({ command, args, cwd, env, input, extraFd }: ChildCommand) {
  return execa(command, args, {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    ...(input === undefined ? {} : { input }),
    stdio: [
      input === undefined ? "ignore" : "pipe",
      "pipe",
      "pipe",
      extraFd ? "pipe" : "ignore",
    ],
  });
}

/** Resolves at the stream's end; errors of a pipe that broke are its end too. */
function drained(
  stream: Readable | Writable | null | undefined,
  take: (chunk: Buffer) => void,
): Promise<void> {
  if (!(stream instanceof Readable)) return Promise.resolve();
  stream.on("data", take);

  return new Promise((resolve) => {
    stream.once("close", resolve).once("error", () => resolve());
  });
}

function cannotStart({ command }: ChildCommand, error: unknown): ExternalError {
  const fault = machineFault(error);
  if (fault)
    return new ExternalError(`${command} cannot be started: ${fault.what}`, {
      code: fault.code,
      hint: fault.hint,
      cause: error,
    });

  const reason =
    error instanceof Error ? error.message.split("\n")[0] : String(error);
  return new ExternalError(`${command} cannot be started: ${reason}`, {
    code: "cannot-start",
    hint: "check that the file exists on this machine and may be executed",
  });
}
