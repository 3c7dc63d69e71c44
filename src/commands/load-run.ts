import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Conversion } from "../convert/conversion.ts";
import type { ConvertedModel } from "../convert/convert-model.ts";
import { modelFolders } from "../convert/workspace.ts";
import { readDocument } from "../document.ts";
import type { Plan } from "../plan/plan.ts";
import type { Performance } from "../validate/performance/measurement.ts";
import type { Verdict } from "../validate/verdict.ts";

/** The plan that a step before wrote. */
export function loadPlan(out: string): Promise<Plan> {
  return readDocument<Plan>(join(out, "plan.json"), "plan");
}

/** What `convert` wrote for each model of the plan. Throws `UsageError` where one is missing. */
export async function loadModels(
  out: string,
  plan: Plan,
): Promise<ConvertedModel[]> {
  return Promise.all(
    plan.models.map(async ({ name }) => {
      const folders = modelFolders(out, name);
      const conversion = await readDocument<Conversion>(
        folders.conversion,
        "conversion",
      );

      const verdict = existsSync(folders.verdict)
        ? await readDocument<Verdict>(folders.verdict, "verdict")
        : null;

      const performance = existsSync(folders.performance)
        ? await readDocument<Performance>(folders.performance, "performance")
        : null;

      return { conversion, verdict, performance };
    }),
  );
}
