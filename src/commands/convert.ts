import type { Context } from "../context.ts";
import { convertAll } from "../convert/convert-all.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import { renderLogOpening } from "../report/log-opening.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { jobKey } from "./job-key.ts";
import { loadPlan } from "./load-run.ts";
import { withSession } from "./session.ts";
import { writeModelPage } from "./write-model-page.ts";

/** Converts, checks and stages the models of `plan.json`; writes `models/<name>/`. */
export function convert(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  return withSession(
    ctx,
    io,
    flags,
    async ({ settings, out, store, timeLeft }) => {
      const plan = await loadPlan(out);
      const { isolation } = settings;
      for (const line of renderLogOpening(plan)) ctx.log.info(line);

      const models = await convertAll(ctx, {
        plan,
        store,
        out,
        isolation,
        key: jobKey(ctx, settings),
        timeLeft,
        writeModelPage,
      });

      io.exit(exitCodeOf(models.map(({ conversion }) => conversion)));
    },
  );
}
