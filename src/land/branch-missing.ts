import { mapBranchName } from "../gitlab/branch-name.ts";
import type { MergedRequest } from "../gitlab/merged-requests.ts";
import type { Marker } from "../gitlab/note-marker.ts";
import { noteMarkers } from "../gitlab/request-state.ts";
import { nearBranches } from "../plan/near-branch.ts";
import { nothing, refuse } from "./land-result.ts";
import { landingOf } from "./landed-before.ts";
import type { LandedRequest, LandJob } from "./landing.ts";
import { branchGone } from "./refusal.ts";

/** Most merge requests touch no model and never had a data branch; what was landed and deleted is found by its traces. */
export async function branchMissing(
  job: LandJob,
  request: MergedRequest,
  result: LandedRequest,
): Promise<LandedRequest> {
  const source = result.data_branch;
  const landed = await landingOf(job, request, source);
  if (landed) return { ...result, status: "already", code: "already", landed };

  const markers = await noteMarkers(job.client, request.iid);
  const converted = markers.some((marker) => tellsOf(marker, source));
  if (converted || job.settings.missingBranch === "fail")
    return refuse(result, branchGone(job, source));

  const near = await nearBranches(job.store, source);
  const meant = near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "";

  return nothing(
    result,
    `${job.store.url} has no branch ${source}: nothing to land${meant}`,
  );
}

/** A run looked at a commit of the branch; a note without facts may tell of it, so that it counts. */
function tellsOf({ facts }: Marker, source: string): boolean {
  if (facts === null) return true;
  return (
    facts.kind === "run" && facts.branch === source && facts.commit !== null
  );
}

/** A fork has no say over the models of this project, not even where it has a data branch of the same name. */
export async function fromFork(
  job: LandJob,
  request: MergedRequest,
  result: LandedRequest,
): Promise<LandedRequest> {
  const names = [
    result.data_branch,
    mapBranchName(request.sourceBranch),
  ].filter((name) => name !== job.target);

  const heads = await Promise.all(names.map((name) => job.store.head(name)));

  if (heads.every((head) => head === null))
    return nothing(
      result,
      `it came from a fork, and ${job.store.url} has no branch ${result.data_branch}`,
    );

  return refuse(result, {
    code: "fork",
    reason:
      "it came from a fork: a verdict of a fork's pipeline is not trusted",
    next: `review the model, commit it to a data branch of this project, and open a merge request for it here`,
    paths: [],
  });
}
