import type { Settings } from "../config/settings.ts";
import type { ProjectClient } from "../gitlab/client.ts";
import type { Store } from "../store/store.ts";

/** `land.json`: what became of each merged merge request. */
export interface LandDocument {
  kind: "land";
  version: 2;
  store: { url: string; branch: string };
  git_sha: string | null;
  requests: LandedRequest[];
  /** What a reader should know of the target afterwards. */
  target_notices: string[];
  exit_code: 0 | 1 | 2 | 3 | 70;
}

export interface LandedRequest {
  iid: number;
  url: string | null;
  source_branch: string;
  data_branch: string;
  /** `undone`: a revert in Git took its data back; `already`: an earlier try landed it; `nothing`: there is nothing to land; `off`: a person lands it. */
  status:
    | "landed"
    | "undone"
    | "already"
    | "nothing"
    | "off"
    | "refused"
    | "failed";
  /** Stable word for machines. */
  code: string;
  /** In one or a few sentences, for people. */
  reason: string | null;
  /** What to do next. */
  next: string | null;
  /** Commit of the data branch that was checked. */
  commit: string | null;
  /** Commit of the target that holds it. */
  landed: string | null;
  models: JudgedModel[];
  /** Files in conflict. */
  paths: string[];
  /** Why the data branch stays; null where it was deleted, or where there is none. */
  data_branch_kept: string | null;
}

/** What is known of one model of the data branch, from content alone. */
export interface JudgedModel {
  name: string;
  /** `missing`: no verdict; `stale`: something changed after it; `removed`: the branch takes the model away. */
  state: "green" | "red" | "stale" | "missing" | "removed";
  sentence: string;
  /** Files that the verdict does not cover. */
  files: string[];
}

/** What one run of `land` works with. */
export interface LandJob {
  settings: Settings;
  store: Store;
  client: ProjectClient;
  /** Absolute path of `--out`. */
  out: string;
  /** Git branch that was pushed. */
  gitBranch: string;
  /** Branch of the store that takes things in. */
  target: string;
  /** Version of the checks. */
  checks: string;
  mode: "on" | "off";
  /** How long a pipeline that still runs is waited for. */
  waitMs: number;
  deleteBranch: "gone" | "always" | "never";
  gitSha: string | null;
  pipelineUrl: string | null;
}

/** Keys of the landing commit's metadata, by which a retried job finds what it did. */
export const LANDED_KEY = "model-to-edge.landed";
export const BRANCH_KEY = "model-to-edge.branch";
export const REQUEST_KEY = "model-to-edge.merge-request";
/** lakeFS shows keys of this form as buttons on the commit's page. */
export const REQUEST_URL_KEY = "::lakefs::Merge request::url[url:ui]";
/** Of a commit that takes a landing back: the landed commit. */
export const UNDONE_KEY = "model-to-edge.undone";
