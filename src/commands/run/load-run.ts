import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { readDocument } from "../../document/document.ts";
import { UsageError } from "../../errors.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Plan } from "../../plan/plan.ts";
import { planId } from "../../plan/plan-id.ts";

/** The plan that a step before wrote. */
export function loadPlan(out: string): Promise<Plan> {
  return readDocument<Plan>(join(out, "plan.json"), "plan");
}

/**
 * How the plan is spread over jobs; null where one job does all of it. Throws `UsageError` where `fleet.json` belongs
 * to another plan, or was written by another version of this program: what the two check, or write, may differ.
 */
export async function loadFleet(
  { version }: Pick<Context, "version">,
  out: string,
  plan: Plan,
): Promise<Fleet | null> {
  const file = join(out, "fleet.json");
  if (!existsSync(file)) return null;

  const fleet = await readDocument<Fleet>(file, "fleet");
  refuseOtherPlan(file, fleet.plan, planId(plan));
  if (fleet.program === version) return fleet;

  throw new UsageError(
    `${file} was written by model-to-edge ${fleet.program}, and this job runs ${version}`,
    {
      code: "document-version",
      hint: "take images of one version for all jobs: look at `--engine-images` (input engine-images) and `--image` (input image)",
    },
  );
}

/** Throws `UsageError` where a document does not follow the plan of this id. */
export function refuseOtherPlan(
  file: string,
  follows: string | undefined,
  id: string,
): void {
  if (follows === id) return;

  throw new UsageError(`${file} does not belong to this plan.json`, {
    code: "document-other-plan",
    hint: "an earlier pipeline or another `plan` left it: empty the output folder, and run all steps after `plan` again",
  });
}
