import type { Context } from "../../context.ts";
import type { CiVariables } from "../../environment/ci-variables.ts";
import { UsageError } from "../../errors.ts";
import {
  jobsIncludedTwice,
  ourIncludes,
  storesLandedInParts,
} from "../../gitlab/lint/our-includes.ts";
import { pipelineFileIn } from "../doctor/pipeline-file-in.ts";

export const IN_A_FORK =
  "nothing to do: this pipeline runs in a fork, without the parent project's variables; a member of the parent project can start one on the merge request's page";

/**
 * Is there something to do in this job? False, with one line why, in a fork's own pipeline. Throws `UsageError` where
 * the job is not the one that its settings are for, or where another include of the component was lost in it.
 */
export async function belongsHere(
  ctx: Pick<Context, "environment" | "log">,
): Promise<boolean> {
  const { ci } = ctx.environment;
  if (ci.inFork) {
    ctx.log.info(IN_A_FORK);
    return false;
  }

  refuseOtherJob(ci, ctx.environment.option("job-name"));
  await refuseLostInclude(ci);

  return true;
}

/** A job that extends or copies ours has our variables, and another name. */
function refuseOtherJob(ci: CiVariables, meant: string | null): void {
  if (meant === null || ci.jobName === null || ci.jobName === meant) return;

  throw new UsageError(
    `this is the job ${ci.jobName}, but it has the settings of the job ${meant}`,
    {
      code: "other-job",
      hint: "include the component a second time with another job-name instead of extending or copying its job",
    },
  );
}

async function refuseLostInclude(ci: CiVariables): Promise<void> {
  if (!ci.inCi || !ci.projectFolder || !ci.configPath) return;

  const file = await pipelineFileIn(ci.projectFolder, ci.configPath);
  const ours = ourIncludes(file?.includes ?? []);
  const [twice] = jobsIncludedTwice(ours);
  const [store] = storesLandedInParts(ours);
  if (store !== undefined)
    throw new UsageError(
      `${ci.configPath} includes land several times for ${store}, each with a \`model-path\` of its own: after the first landing the whole data branch counts as landed, and the models of the others are not checked`,
      {
        code: "included-twice",
        hint: "give each of these folders a store of its own",
      },
    );
  if (twice === undefined) return;

  throw new UsageError(
    `${ci.configPath} includes the component twice for one job, ${twice}: the later include replaces the earlier one`,
    {
      code: "included-twice",
      hint: "give one of them a job-name of its own",
    },
  );
}
