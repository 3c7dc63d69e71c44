/** Where a run comes from, as the documents tell it: from the pipeline's variables, or `local`. */
export interface Source {
  kind: "merge_request" | "branch" | "tag" | "external" | "local";
  git_ref: string | null;
  git_sha: string | null;
  project: string | null;
  merge_request: { project_id: string; iid: number; url: string | null } | null;
  pipeline_url: string | null;
  job_url: string | null;
}
