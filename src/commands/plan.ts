import { join } from "node:path";
import { engineImageOf } from "../config/fleet-options.ts";
import type { Context } from "../context.ts";
import { writeDocument } from "../document/document.ts";
import { preparePlan } from "../plan/prepare-plan.ts";
import { withSeconds } from "../plan/with-seconds.ts";
import { renderLogOpening } from "../report/log-opening.ts";
import { CHECKS_VERSION } from "../validate/checks/registry.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { clearOutput, OF_RUN } from "./run/clear-output.ts";
import { inOwnOutput } from "./run/own-output.ts";
import { notingErrors } from "./run/send-note.ts";
import { type Session, withSession } from "./session.ts";

/** Writes `plan.json`, and says what it decided. What the steps after an earlier one wrote is gone too, also where this one fails. */
export function plan(ctx: Context, io: CommandIo, flags: Flags): Promise<void> {
  return inOwnOutput(ctx, flags, async () => {
    await clearOutput(ctx, flags, [...OF_RUN, "fleet.json"]);

    await withSession(ctx, io, flags, (session) =>
      notingErrors(ctx, session.settings, () => writePlan(ctx, io, session)),
    );
  });
}

async function writePlan(
  ctx: Context,
  io: CommandIo,
  { settings, out, store, shelf }: Session,
): Promise<void> {
  const planned = await preparePlan(ctx, {
    ...{ settings, store, shelf, checks: CHECKS_VERSION, proveBytes: true },
    imageOf: (engine) =>
      engineImageOf(ctx.environment, engine) ?? ctx.environment.ci.jobImage,
  });
  const made = await withSeconds(ctx, store, planned);

  const file = join(out, "plan.json");
  await writeDocument(file, "plan", made);
  for (const line of renderLogOpening(made)) ctx.log.info(line);
  ctx.log.info(`written: ${file}`);
  if (settings.json) io.print(`${JSON.stringify(made, null, 2)}\n`);
}
