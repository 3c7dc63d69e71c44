import { mapBranchName } from "../gitlab/branch-name.ts";
import type { MergedRequest } from "../gitlab/merged-requests.ts";
import type { LandedRequest } from "./landing.ts";
import type { Refusal } from "./refusal.ts";

/** A request whose data branch is not landed, and why. */
export function refuse(
  result: LandedRequest,
  { code, reason, next, paths }: Refusal,
): LandedRequest {
  return { ...result, status: "refused", code, reason, next, paths };
}

/** A request that has nothing to land. */
export function nothing(result: LandedRequest, reason: string): LandedRequest {
  return { ...result, status: "nothing", code: "nothing", reason };
}

/** What is known before anything was looked at. */
export function emptyResult({
  iid,
  url,
  sourceBranch,
  fork,
}: MergedRequest): LandedRequest {
  return {
    iid,
    url,
    source_branch: sourceBranch,
    data_branch: mapBranchName(sourceBranch, fork),
    status: "nothing",
    code: "",
    reason: null,
    next: null,
    commit: null,
    landed: null,
    models: [],
    paths: [],
    data_branch_kept: null,
  };
}
