import { join } from "node:path";
import type { Context } from "../context.ts";
import { conversionsId } from "../convert/conversions-id.ts";
import type { ConvertedModel } from "../convert/convert-model.ts";
import { readDocument } from "../document/document.ts";
import { UsageError } from "../errors.ts";
import { planId } from "../plan/plan-id.ts";
import type { Publication } from "../publish/publication.ts";
import { publishedSoFar } from "../publish/published-so-far.ts";
import { sayingWhatStands } from "../what-stands.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { finishRun } from "./run/finish-run.ts";
import { loadModels } from "./run/load-models.ts";
import { loadPlan, refuseOtherPlan } from "./run/load-run.ts";
import { inOwnOutput } from "./run/own-output.ts";
import { notingErrors } from "./run/send-note.ts";
import { type Session, withSession } from "./session.ts";

/** Summary, reports and note from the documents of the steps before. */
export function report(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  return inOwnOutput(ctx, flags, () =>
    withSession(ctx, io, flags, (session) =>
      notingErrors(ctx, session.settings, () => reportRun(ctx, io, session)),
    ),
  );
}

async function reportRun(
  ctx: Context,
  io: CommandIo,
  { settings, out, store }: Session,
): Promise<void> {
  const plan = await loadPlan(out);
  const file = join(out, "publication.json");
  const publication = await readDocument<Publication>(file, "publication");
  refuseOtherPlan(file, publication.plan, planId(plan));
  const { models } = await loadModels(ctx, out, plan);
  refuseOtherConversions(file, publication, models);

  await sayingWhatStands(
    () => publishedSoFar(publication, plan.store.branch),
    () =>
      finishRun(ctx, io, settings, {
        ...{ out, plan, models, publication, store },
        spent: null,
      }),
  );
}

/** A job of the fleet that ran again after the publication left other conversions than were published. */
function refuseOtherConversions(
  file: string,
  { conversions }: Publication,
  models: readonly ConvertedModel[],
): void {
  if (conversions === undefined || conversions === conversionsId(models))
    return;

  throw new UsageError(
    `${file} is about other conversions than those in the output folder`,
    {
      code: "document-other-conversions",
      hint: "a job converted again after the publication, or someone changed a document: run the pipeline again",
    },
  );
}
