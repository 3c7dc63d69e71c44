import { join } from "node:path";
import type { Context } from "../context.ts";
import { writeDocument } from "../document.ts";
import { preparePlan } from "../plan/prepare-plan.ts";
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
    });

    const file = join(out, "plan.json");
    await writeDocument(file, "plan", made);
    if (made.skipped !== null) ctx.log.info(made.skipped);

    for (const { name, decision, engine, failure } of made.models)
      ctx.log.info(
        `${name}: ${failure ? `refused, ${failure.message}` : `${decision} (${engine})`}`,
      );

    for (const { name } of made.gone)
      ctx.log.info(
        `${name}: left ${made.store.model_path}/, its edge model will be removed`,
      );

    ctx.log.info(`written: ${file}`);
    if (settings.json) io.print(`${JSON.stringify(made, null, 2)}\n`);
  });
}
