/** `summary.json`: what happened, for machines. Names are part of the public interface. */
export interface Summary {
  version: 1;
  source: {
    kind: string;
    git_ref: string | null;
    git_sha: string | null;
    merge_request: number | null;
    pipeline_url: string | null;
    job_url: string | null;
  };
  store: { url: string; branch: string; commit: string };
  models: SummaryModel[];
  publication: {
    status: "published" | "unchanged" | "withheld" | "none";
    commit: string | null;
    url: string | null;
    reason: string | null;
    fetch: string | null;
  };
  /** One line a reader should know before the table: exceptions, isolation `none`, removed models. */
  notices: string[];
  exit_code: number;
}

export interface SummaryModel {
  name: string;
  engine: string;
  status: "converted" | "unchanged" | "failed" | "skipped";
  verdict: "pass" | "warn" | "fail" | null;
  /** The verdict's sentence, or the failure's message. */
  sentence: string;
  /** What to do next, or "". */
  next: string;
  reproduce: string;
  spec_fp: string | null;
  exec_fp: string | null;
  /** Published path from the branch's root. */
  files: { path: string; sha256: string; size: number }[];
  reasons: { check: string; message: string }[];
  /** What was measured on this runner, in one line; null where nothing was. */
  performance: string | null;
  isolation: string;
  /** Seconds by stage. */
  timings: Record<string, number>;
}
