import { join } from "node:path";
import { loadTrust } from "../attest/trust.ts";
import type { Context } from "../context.ts";
import { conversionsId } from "../convert/conversions-id.ts";
import { writeDocument } from "../document/document.ts";
import { planId } from "../plan/plan-id.ts";
import { staysFindable } from "../publish/left-conversions.ts";
import { publishedSoFar } from "../publish/published-so-far.ts";
import { refuseUnsigned } from "../publish/refuse-unsigned.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import { errorPage } from "../text/docs-address.ts";
import { orNothingStands, sayingWhatStands } from "../what-stands.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { loadModels } from "./run/load-models.ts";
import { loadPlan } from "./run/load-run.ts";
import { inOwnOutput } from "./run/own-output.ts";
import { publishTimed } from "./run/publish-timed.ts";
import { withSession } from "./session.ts";

/** Publishes what `convert` staged; writes `publication.json`. */
export function publish(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  return inOwnOutput(ctx, flags, () =>
    orNothingStands(ctx, "nothing was published", () =>
      publishStaged(ctx, io, flags),
    ),
  );
}

function publishStaged(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  return withSession(ctx, io, flags, async ({ settings, out, store }) => {
    const trust = await loadTrust(ctx, settings);
    const plan = await loadPlan(out);
    refuseUnsigned(plan, trust, settings);
    const { models, without } = await loadModels(ctx, out, plan);
    for (const { name, failure } of without)
      ctx.log.error(
        `${name}: ${failure.message}\nhint: ${failure.hint}`,
        errorPage(failure.code),
      );

    const publication = await publishTimed(ctx, store, {
      plan,
      models,
      trust,
      out,
      settings,
      isFleet: true,
      isKept: staysFindable(plan, trust),
    });

    await sayingWhatStands(
      () => publishedSoFar(publication, plan.store.branch),
      () =>
        writeDocument(join(out, "publication.json"), "publication", {
          ...publication,
          plan: planId(plan),
          conversions: conversionsId(models),
        }),
    );

    const { status, commit, reason, failure } = publication;
    ctx.log.info(
      `publication: ${status}${commit ? ` at ${commit}` : ""}${reason ? ` (${reason})` : ""}`,
    );
    if (failure?.hint) ctx.log.info(`hint: ${failure.hint}`);

    // A model without a result is a check that failed: publishing once more would not help.
    io.exit(exitCodeOf([{ failure, ships: without.length === 0 }]));
  });
}
