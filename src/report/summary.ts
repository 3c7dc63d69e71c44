import type { Decision } from "../decision.ts";
import type { Lineage } from "../lineage.ts";
import type { Explanation } from "../text/explanation.ts";
import type { Part } from "../text/message.ts";
import type { Span } from "../timeline.ts";

/** `summary.json`: what happened, for machines. Names are part of the public interface. */
export interface Summary {
  version: 2;
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
    /** Lines for a shell: fetch the edge models at the commit, and prove what was fetched. */
    fetch: string | null;
    verify: string | null;
  };
  /** One line a reader should know before the table: exceptions, isolation `none`, removed models. */
  notices: string[];
  /** Steps of the run as a whole; absent: nobody measured. Those of a model are in its `conversion.json`. */
  timeline?: Span[];
  exit_code: number;
}

export interface SummaryModel extends Decision, Explanation {
  name: string;
  engine: string;
  status: "converted" | "rechecked" | "unchanged" | "failed" | "skipped";
  verdict: "pass" | "warn" | "fail" | null;
  /** Answer, cause and next step in plain words, for people: programs read `ships` and `why`. */
  sentence: string;
  reproduce: string;
  spec_fp: string | null;
  exec_fp: string | null;
  /** Published path from the branch's root. */
  files: { path: string; sha256: string; size: number }[];
  reasons: Reason[];
  /** What was measured on this runner, in one line; null if nothing was. */
  performance: string | null;
  isolation: string;
  /** Axes of the input that had to be fixed, by their name, and why; absent: none. */
  fixed?: Record<string, string>;
  /** Where its code came from in Git: folder and commit; absent: from the store. */
  code?: { folder: string; commit: string };
  /** What it was trained from; absent: nobody says it. */
  lineage?: Lineage;
  /** Seconds by stage. */
  timings: Record<string, number>;
}

/** A check that warns or fails, or why the model was not converted. */
export interface Reason {
  /** The check's name, or the failure's code. */
  check: string;
  status: "wrong" | "unproven" | "warning" | "failed";
  /** Stable word for programs. */
  code: string;
  parts: Part[];
}
