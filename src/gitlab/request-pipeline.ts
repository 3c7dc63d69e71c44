import type { CiVariables } from "../environment/ci-variables.ts";
import type { ProjectClient } from "./client.ts";

/** Two pipelines of one push are made within this time. */
const SAME_PUSH_MS = 60_000;
const NEVER_RUNS = new Set(["canceled", "canceling", "skipped"]);

interface FoundPipeline {
  id: number;
  url: string;
}

/**
 * The merge request's pipeline of the same push that has this very job, where a branch pipeline runs beside it: GitLab
 * makes both in a project without `workflow:`. Null where there is none. Throws what GitLab answers.
 */
export async function pipelineBeside(
  client: Pick<ProjectClient, "jobsOf" | "pipelinesOf">,
  ci: CiVariables,
): Promise<FoundPipeline | null> {
  if (!ci.openMergeRequest) return null;

  const pipelines = await client.pipelinesOf(ci.openMergeRequest.iid);
  for (const found of ofSamePush(pipelines, ci)) {
    const jobs = (await client.jobsOf(found.id)) as { name?: unknown }[];
    if (jobs.some((job) => job?.name === ci.jobName)) return found;
  }

  return null;
}

/** Of the merge request's kind, for this commit, or made with this pipeline: merged results have a commit of their own. */
function ofSamePush(pipelines: unknown[], ci: CiVariables): FoundPipeline[] {
  return pipelines.flatMap((answer) => {
    const pipeline = answer as Record<string, unknown> | null;
    if (pipeline?.source !== "merge_request_event") return [];
    if (NEVER_RUNS.has(String(pipeline.status))) return [];

    const made = Date.parse(String(pipeline.created_at));
    const isBeside =
      ci.pipelineCreated !== null &&
      Math.abs(made - ci.pipelineCreated) < SAME_PUSH_MS;
    if (pipeline.sha !== ci.commit && !isBeside) return [];

    return [{ id: Number(pipeline.id), url: String(pipeline.web_url) }];
  });
}
