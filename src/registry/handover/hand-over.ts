import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Handover } from "../../config/handover-settings.ts";
import type { Context } from "../../context.ts";
import { shellQuote } from "../../text/shell-quote.ts";
import type { RegistryTarget } from "../target.ts";
import {
  commandDigest,
  type HandoverCommand,
  handoverCommands,
  layOut,
  nextStep,
  type VersionHere,
} from "./commands.ts";
import type { HandoverContext } from "./handover-context.ts";
import { type HandedFile, readRecord } from "./record.ts";
import { recordWriter } from "./record-writer.ts";
import { runHandover } from "./run-handover.ts";
import { type HandedState, type HandoverState, handedOf } from "./state.ts";
import { notesOf } from "./tools.ts";

export interface HandoverJob {
  target: RegistryTarget;
  version: VersionHere;
  /** Folder for the files by the version's names; made and emptied here. */
  folder: string;
  dryRun: boolean;
}

/**
 * Hands a version over that the registry took: what an earlier job handed over stays away, and each file is recorded before
 * and after its run, so that a retry sends the rest. A program that fails is a state, and no error. Throws `UsageError`
 * where nothing can be handed over, `ExternalError` where another job does so.
 */
export async function handOver(
  ctx: HandoverContext,
  handover: Handover,
  job: HandoverJob,
): Promise<HandoverState> {
  const { target, version, dryRun } = job;
  const folder = join(job.folder, handover.name);
  const commands = handoverCommands(handover, version, folder);
  const notes = notesOf(target, handover);
  const kept = await readRecord({ notes, url: target.url }, version.release, {
    ...{ name: handover.name, writer: randomUUID() },
  });
  const earlier = new Map(kept.record.files.map((file) => [file.name, file]));
  const rest = commands.filter((command) => !isSent(earlier, command));
  tellEarlier(ctx, handover, { commands, rest, earlier });

  const shown = { handover, version, commands, rest };
  if (dryRun) {
    for (const { argv } of rest)
      ctx.log.info(
        `${handover.name}: would run ${argv.map(shellQuote).join(" ")}`,
      );
    return stateOf(shown, { status: "planned", done: [], reason: null });
  }

  const files = rest.flatMap((command) => command.files);
  if (rest.length > 0) await layOut(files, folder);
  const write = recordWriter(notes, version.release, kept);
  const done: HandedFile[] = [];
  for (const command of rest) {
    const { file, reason } = await runHandover(ctx, {
      ...{ handover, command, folder, write },
    });
    done.push(file);
    if (reason !== null)
      return stateOf(shown, { status: "failed", done, reason });
  }

  return stateOf(shown, { status: "done", done, reason: null });
}

type Earlier = ReadonlyMap<string, HandedFile>;

function isSent(earlier: Earlier, { name, sha256 }: HandoverCommand): boolean {
  const before = earlier.get(name);
  return before?.status === "sent" && before.sha256 === sha256;
}

/** What a reader should know of earlier jobs. */
function tellEarlier(
  { log }: Pick<Context, "log">,
  handover: Handover,
  {
    commands,
    rest,
    earlier,
  }: {
    commands: readonly HandoverCommand[];
    rest: readonly HandoverCommand[];
    earlier: Earlier;
  },
): void {
  const { name } = handover;
  const digest = commandDigest(handover);
  const sent = commands.filter((command) => !rest.includes(command));
  if (sent.length > 0)
    log.info(
      `${name}: ${sent.map((command) => command.name).join(", ")} handed over before`,
    );

  const others = sent.filter(
    (command) => earlier.get(command.name)?.command !== digest,
  );
  if (others.length > 0)
    log.warn(
      `${name}: another command than the one in conversion.yaml handed over ${others.map((command) => command.name).join(", ")}; to hand it over again, give the hand-over another name`,
    );

  for (const command of rest)
    if (earlier.get(command.name)?.status === "started")
      log.warn(
        `${name}: a job ended while it handed over ${command.name}, which may arrive twice`,
      );
}

function stateOf(
  {
    handover,
    version,
    commands,
    rest,
  }: {
    handover: Handover;
    version: VersionHere;
    commands: readonly HandoverCommand[];
    rest: readonly HandoverCommand[];
  },
  {
    status,
    done,
    reason,
  }: Pick<HandoverState, "status" | "reason"> & { done: readonly HandedFile[] },
): HandoverState {
  const now = new Map(done.map((file) => [file.name, file]));
  const files = commands.map((command): HandedState => {
    const { name } = command;
    if (!rest.includes(command)) return { name, status: "before", exit: 0 };

    const file = now.get(name);
    if (!file) return { name, status: "waiting", exit: null };
    const isThere = file.status === "sent";
    return { name, status: isThere ? "sent" : "failed", exit: file.exit };
  });

  return {
    ...{ name: handover.name, status, files, reason },
    handed: handedOf(files),
    next: status === "failed" ? null : nextStep(handover, version),
  };
}
