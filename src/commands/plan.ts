import { join } from "node:path";
import type { Context } from "../context.ts";
import { writeDocument } from "../document.ts";
import { preparePlan } from "../plan/prepare-plan.ts";
import { renderLogOpening } from "../report/log-opening.ts";
import { CHECKS_VERSION } from "../validate/checks/registry.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { withSession } from "./session.ts";

/** Writes `plan.json`, and says what it decided. */
export function plan(ctx: Context, io: CommandIo, flags: Flags): Promise<void> {
  return withSession(ctx, io, flags, async ({ settings, out, store }) => {
    const made = await preparePlan(ctx, {
      settings,
      store,
      checks: CHECKS_VERSION,
      proveBytes: true,
    });

    const file = join(out, "plan.json");
    await writeDocument(file, "plan", made);
    for (const line of renderLogOpening(made)) ctx.log.info(line);
    ctx.log.info(`written: ${file}`);
    if (settings.json) io.print(`${JSON.stringify(made, null, 2)}\n`);
  });
}
