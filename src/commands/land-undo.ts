import { readLandSettings } from "../config/land-options.ts";
import type { Context } from "../context.ts";
import { EXIT, UsageError } from "../errors.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import { undoRequest } from "../land/undo-request.ts";
import { LANDING_HELP } from "../text/docs-address.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { withSession } from "./session.ts";

/** By hand: takes back the data of a merged request, `!7` or `7`, where nobody changed it since. */
export function landUndo(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const iid = requestNumber(String(flags.undo));
  const { mode, targetBranch } = readLandSettings(flags, ctx.environment);

  return withSession(ctx, io, flags, async ({ settings, store }) => {
    const { defaultBranch, commit } = ctx.environment.ci;
    const target = targetBranch ?? mapBranchName(defaultBranch ?? "main");
    await store.verify();

    const outcome = await undoRequest(
      { store, settings, target, mode, gitSha: commit },
      iid,
    );
    const line = `!${iid}: ${outcome.reason}`;
    const refused = outcome.status === "refused";

    const lines = [
      outcome.landed ? `${line}, commit ${outcome.landed}` : line,
      ...outcome.paths.map((path) => `  ${path}`),
      ...(outcome.next ? [`hint: ${outcome.next}`] : []),
    ].join("\n");

    if (refused) ctx.log.error(lines, LANDING_HELP);
    else ctx.log.info(lines);

    io.exit(refused ? EXIT.check : EXIT.ok);
  });
}

function requestNumber(text: string): number {
  const number = /^!?([1-9]\d{0,8})$/.exec(text.trim())?.[1];
  if (number !== undefined) return Number(number);

  throw new UsageError(
    `--undo must be the number of a merge request, such as !7, not ${JSON.stringify(text)}`,
    { code: "setting", hint: "quote it for your shell: `--undo '!7'`" },
  );
}
