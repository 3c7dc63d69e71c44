import { join } from "node:path";
import type { Context } from "../context.ts";
import { writeDocument } from "../document.ts";
import { publishRun } from "../publish/publish-run.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { loadModels, loadPlan } from "./load-run.ts";
import { withSession } from "./session.ts";

/** Publishes what `convert` staged; writes `publication.json`. */
export function publish(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  return withSession(ctx, io, flags, async ({ out, store }) => {
    const plan = await loadPlan(out);
    const publication = await publishRun(
      ctx,
      store,
      plan,
      await loadModels(out, plan),
    );

    await writeDocument(
      join(out, "publication.json"),
      "publication",
      publication,
    );

    const { status, commit, reason, failure } = publication;
    ctx.log.info(
      `publication: ${status}${commit ? ` at ${commit}` : ""}${reason ? ` (${reason})` : ""}`,
    );
    if (failure?.hint) ctx.log.info(`hint: ${failure.hint}`);

    io.exit(exitCodeOf([{ failure, ships: true }]));
  });
}
