/** Where a run comes from, as the documents tell it: from the pipeline's variables, or `local`. */
export interface Source {
  kind: "merge_request" | "branch" | "tag" | "external" | "local";
  gitRef: string | null;
  gitSha: string | null;
  project: string | null;
  mergeRequest: { projectId: string; iid: number; url: string | null } | null;
  pipelineUrl: string | null;
  jobUrl: string | null;
}
