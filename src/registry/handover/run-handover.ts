import { join } from "node:path";
import { type ChildOutcome, runChild } from "../../child/run-child.ts";
import type { Handover } from "../../config/handover-settings.ts";
import { hashFile } from "../../disk/hash-file.ts";
import { alsoMasking } from "../../environment/mask.ts";
import { ExternalError, UsageError } from "../../errors.ts";
import { commandDigest, type HandoverCommand } from "./commands.ts";
import type { HandoverContext } from "./handover-context.ts";
import type { HandedFile } from "./record.ts";
import type { WriteFile } from "./record-writer.ts";

const GRACE_MS = 5000;
/** Half of it reaches the job's log while the program runs. */
const LOG_BYTES = 256 * 1024;
const LINES_TOLD = 3;

export interface HandoverRun {
  handover: Handover;
  command: HandoverCommand;
  /** Where the files lie by the version's names. */
  folder: string;
  write: WriteFile;
}

/** Runs the program once, and records it. `reason`: null where it went well. Throws the signal's reason where the job ends. */
export async function runHandover(
  ctx: HandoverContext,
  { handover, command, folder, write }: HandoverRun,
): Promise<{ file: HandedFile; reason: string | null }> {
  await checkFiles(ctx, command, folder);
  const { name, sha256 } = command;
  const at = () => ctx.now().toISOString();
  const started: HandedFile = {
    ...{ name, sha256, status: "started", exit: null },
    ...{ command: commandDigest(handover), at: at() },
  };
  await write(started);

  const outcome = await outcomeOf(ctx, handover, command);
  ctx.signal.throwIfAborted();
  const exit = "exitCode" in outcome ? outcome.exitCode : null;
  const why = failureOf(handover, outcome);
  const file: HandedFile = {
    ...started,
    ...{ status: why === null ? "sent" : "failed", exit, at: at() },
  };
  await write(file);

  const what = name === "." ? "the version" : name;
  ctx.log.info(
    why === null
      ? `${handover.name}: handed over ${what}`
      : `${handover.name}: ${what} was not handed over: ${why}`,
  );
  return {
    file,
    reason: why && `${what} was not handed over: ${why}`,
  };
}

/** A program that runs before may have written to what the next one reads. */
async function checkFiles(
  { signal }: HandoverContext,
  { files }: HandoverCommand,
  folder: string,
): Promise<void> {
  for (const { name, sha256 } of files)
    if ((await hashFile(join(folder, name), signal)) !== sha256)
      throw new UsageError(`${name} changed while files were handed over`, {
        code: "handover-tool",
        hint: "look which program of `handover` writes to the files that it gets, and give it a copy",
      });
}

type Outcome = ChildOutcome | { cannotStart: string };

async function outcomeOf(
  ctx: HandoverContext,
  handover: Handover,
  { argv: [program = "", ...args] }: HandoverCommand,
): Promise<Outcome> {
  const { environment, cwd, signal, log } = ctx;
  const named = handover.env.map(
    (name) => [name, environment.named(name) ?? ""] as const,
  );
  const secrets = named.map(([, value]) => value);
  const mask = alsoMasking(environment.mask, secrets);

  try {
    return await runChild(
      { now: ctx.now, environment: { ...environment, mask } },
      {
        ...{ command: program, args, cwd, signal },
        env: { ...environment.forTool, ...Object.fromEntries(named) },
        onLine: (line) => log.info(`${handover.name}: | ${line}`),
        timeoutMs: handover.timeoutMs,
        ...{ graceMs: GRACE_MS, maxLogBytes: LOG_BYTES },
      },
    );
  } catch (error) {
    if (!(error instanceof ExternalError)) throw error;
    return { cannotStart: error.message };
  }
}

/** Null where it went well. */
function failureOf(handover: Handover, outcome: Outcome): string | null {
  if ("cannotStart" in outcome) return outcome.cannotStart;

  const { exitCode, signal, timedOut, tail } = outcome;
  if (exitCode === 0 && !timedOut) return null;

  const [program] = handover.run;
  const how = timedOut
    ? `\`${program}\` took longer than ${handover.timeoutMs / 1000} s and was stopped with all that it had started`
    : exitCode === null
      ? `\`${program}\` was ended by ${signal}`
      : `\`${program}\` exited with ${exitCode}`;
  const last = tail.slice(-LINES_TOLD).join(" / ");

  return last ? `${how}: ${last}` : how;
}
