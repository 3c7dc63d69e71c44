import { join } from "node:path";
import { closedFingerprint } from "../plan/unchanged.ts";
import { CHECKS_VERSION } from "../validate/checks/registry.ts";
import { decisionOf } from "./conversion.ts";
import { fetchInputs, isUnchangedAfterAll } from "./fetch-inputs.ts";
import { engineOf, type Progress, type Workplace } from "./progress.ts";

/** Where the model's own files lie for the engine. */
export function sourceFolder({ work }: Pick<Workplace, "work">): string {
  return join(work, "model");
}

/** The model's files, with their sha256: only now can it be told for sure whether anything changed. */
export async function download(
  { ctx, step, work }: Workplace,
  { model: planned, conversion, ...rest }: Progress,
): Promise<Progress> {
  const engine = engineOf(step, planned);
  const { inputs, files } = await fetchInputs(
    ctx,
    step.snapshot,
    planned,
    sourceFolder({ work }),
  );

  const fingerprint = closedFingerprint(
    { ...planned, files },
    engine.recipe,
    step.image,
    CHECKS_VERSION,
  );
  if (!fingerprint) throw new Error("a downloaded file has no sha256");

  const model = { ...planned, files, fingerprint };
  const known = { ...conversion, inputs, fingerprint };

  if (!step.plan.force && (await isUnchangedAfterAll(step.snapshot, model))) {
    const found = model.published?.verdict ?? null;
    const decision = decisionOf(model, step.plan, { found, failure: null });

    return {
      ...rest,
      model,
      conversion: { ...known, ...decision, status: "unchanged" },
      ended: true,
    };
  }

  return { ...rest, model, conversion: known };
}
