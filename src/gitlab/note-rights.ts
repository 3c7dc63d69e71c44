import type { CiVariables } from "../environment/ci-variables.ts";
import type { Source } from "./source.ts";

export interface NoteRights {
  allowed: boolean;
  reason: string | null;
}

/** Values of `CI_PIPELINE_SOURCE` whose pipelines convert nothing. */
export const NOT_FOR_US =
  /^(external|security_orchestration_policy|pipeline_execution_policy_schedule|ondemand_dast_\w+|duo_workflow)$/;

/** The merge request that a note goes to: the pipeline's own, or the open one of its branch. */
export function noteTarget({
  mergeRequest,
  openMergeRequest,
}: CiVariables): Source["merge_request"] {
  const found = mergeRequest ?? openMergeRequest;
  if (!found || found.projectId === null) return null;
  return {
    project_id: String(found.projectId),
    iid: found.iid,
    url: found.url,
  };
}

/** Whether a note may be written, and if not, why. */
export function noteRights(
  { mergeRequest, source }: CiVariables,
  target: Source["merge_request"],
): NoteRights {
  if (NOT_FOR_US.test(source))
    return {
      allowed: false,
      reason: `${source} pipelines write no note`,
    };

  if (mergeRequest?.eventType === "merge_train")
    return { allowed: false, reason: "a merge train writes no note" };

  if (!target)
    return {
      allowed: false,
      reason: "the pipeline belongs to no merge request",
    };

  return { allowed: true, reason: null };
}
