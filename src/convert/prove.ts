import { join } from "node:path";
import { hashFile } from "../disk/hash-file.ts";
import { writeDocument } from "../document/document.ts";
import { opsetOption } from "../engine/options.ts";
import type { PlannedModel } from "../plan/plan.ts";
import { shellQuote } from "../text/shell-quote.ts";
import { declareEnds } from "../validate/contract/declare-ends.ts";
import type { Performance } from "../validate/performance/measurement.ts";
import { validateFolder } from "../validate/validate-folder.ts";
import type { Verdict } from "../validate/verdict.ts";
import { changedFailure, changedFile } from "./changed-output.ts";
import { type Conversion, decisionOf } from "./conversion.ts";
import { publishedPlaces, type ShownPlaces } from "./convert-step.ts";
import { writeDeviceFiles } from "./device/write-device-files.ts";
import { fetchPublished } from "./fetch-published.ts";
import { measureFiles } from "./lay-out.ts";
import { engineOf, failed, type Progress, type Workplace } from "./progress.ts";

/** All checks on what the engine made; what they found is written beside it, as documents and as the model's page. */
export async function prove(
  place: Workplace,
  progress: Progress,
): Promise<Progress> {
  const { ctx, step, folders, work } = place;
  const { model } = progress;
  const places = publishedPlaces(step, model);
  const old = join(work, "published");

  const validation = await validateFolder(ctx, {
    name: model.name,
    folder: folders.files,
    evidence: folders.evidence,
    policy: model.policy,
    reproduce: reproduceCommand(model, step.shownPlaces?.(folders) ?? places),
    opsetOption: await opsetOption(engineOf(step, model)),
    performance: {
      published: () =>
        fetchPublished(ctx, step.snapshot, {
          model,
          places,
          files: folders.files,
          folder: old,
        }),
    },
  });

  const checked = await measureFiles(folders, ctx.signal);
  const changed = changedFile(progress.conversion.files, checked);
  if (changed !== null) return failed(place, progress, changedFailure(changed));

  const { performance } = validation;
  const { fingerprint } = progress.conversion;
  const verdict: Verdict = {
    ...validation.verdict,
    ...(fingerprint ? { fingerprint } : {}),
  };
  await declareEnds(folders.files, verdict);
  const decision = decisionOf(model, step.plan, {
    found: verdict,
    failure: null,
  });
  if (decision.ships) await writeDeviceFiles(place, model, verdict);

  const published = join(folders.evidence, "verdict.json");
  const conversion: Conversion = {
    ...progress.conversion,
    ...decision,
    status: model.decision === "recheck" ? "rechecked" : "converted",
  };

  await writeDocument(folders.verdict, "verdict", verdict);
  await writeDocument(published, "verdict", verdict);
  const measured = performance
    ? { performance: await writePerformance(folders, performance) }
    : {};
  await step.writeModelPage(folders, verdict, conversion);

  const files = await measureFiles(folders, ctx.signal);

  return {
    ...progress,
    validation: { verdict, performance },
    conversion: { ...conversion, files, ...measured },
  };
}

/** Its sha256: a report tells only what was measured in this conversion. */
async function writePerformance(
  { performance: file }: Workplace["folders"],
  performance: Performance,
): Promise<string> {
  await writeDocument(file, "performance", performance);
  return hashFile(file);
}

/** The command asks for the same devices. */
function reproduceCommand(
  { policy }: PlannedModel,
  { edge, evidence }: ShownPlaces,
): string {
  const profiles = policy.profiles.map(
    ({ id, own }) => ` --profile ${shellQuote(own?.file ?? id)}`,
  );

  return `model-to-edge validate ${shellQuote(edge)} --evidence ${shellQuote(evidence)}${profiles.join("")}`;
}
