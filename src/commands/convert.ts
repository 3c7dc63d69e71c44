import { join } from "node:path";
import { loadTrust } from "../attest/trust.ts";
import { readBatch } from "../config/fleet-options.ts";
import type { Context } from "../context.ts";
import { convertAll } from "../convert/convert-all.ts";
import { UsageError } from "../errors.ts";
import { modelsOfBatch } from "../fleet/fleet.ts";
import type { Plan } from "../plan/plan.ts";
import { leftConversions } from "../publish/left-conversions.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import { renderLogOpening } from "../report/log-opening.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { clearOutput } from "./run/clear-output.ts";
import { jobKey } from "./run/job-key.ts";
import { loadFleet, loadPlan } from "./run/load-run.ts";
import { inOwnOutput } from "./run/own-output.ts";
import { writeModelPage } from "./run/write-model-page.ts";
import { withSession } from "./session.ts";

/** Converts, checks and stages the models of `plan.json`; writes `models/<name>/`. */
export function convert(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  return inOwnOutput(ctx, flags, () => convertPlanned(ctx, io, flags));
}

function convertPlanned(
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
      const { isolation, jobs } = settings;
      const batch = readBatch(flags, ctx.environment);
      const only =
        batch === null ? null : await chosen(ctx, out, { plan, batch });
      if (only) await clearOutput(ctx, flags, ["models"]);
      if (!batch) for (const line of renderLogOpening(plan)) ctx.log.info(line);

      const left =
        plan.draft === null
          ? null
          : leftConversions(ctx, store, {
              ...{ plan, settings, isFleet: true },
              trust: await loadTrust(ctx, settings),
            });

      const models = await convertAll(ctx, {
        ...(only ? { only } : {}),
        plan,
        store,
        out,
        isolation,
        jobs,
        key: jobKey(ctx, settings),
        timeLeft,
        writeModelPage,
        left,
        isShared: true,
      });

      // What needs no conversion is judged by `report`: it must not keep the other batches from starting.
      if (batch !== 0)
        io.exit(exitCodeOf(models.map(({ conversion }) => conversion)));
    },
  );
}

/** The models of a batch: documents of others, from jobs before, are not this job's to hand on. */
async function chosen(
  ctx: Pick<Context, "version">,
  out: string,
  { plan, batch }: { plan: Plan; batch: number },
): Promise<ReadonlySet<string>> {
  const fleet = await loadFleet(ctx, out, plan);
  const names = plan.models.map(({ name }) => name);
  if (fleet) return modelsOfBatch(fleet, batch, names);

  throw new UsageError(`${join(out, "fleet.json")} is missing`, {
    code: "document-missing",
    hint: "first run `model-to-edge fleet` with the same `--out`, or leave out `--batch`",
  });
}
