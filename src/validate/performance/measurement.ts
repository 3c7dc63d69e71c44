import type { Ratio } from "./compare.ts";

/** What one machine measured. It says nothing about another one, and is not a part of a verdict. */
export interface Measurement {
  machine: {
    cpu: string;
    cores: number;
    arch: string;
    os: string;
    /** ONNX Runtime for Node. */
    runtime: string;
    provider: "cpu";
    threads: 1;
    optimisation: "all";
  };
  input: { case: string; shapes: Record<string, number[]> };
  /** The model's file and the weights beside it. */
  size_bytes: number;
  /** From a file that the system has in its memory. */
  load_ms: number;
  first_run_ms: number;
  /** Null where the run times were unstable; `p95_ms` also where a run takes so long that there were few. */
  p50_ms: number | null;
  p95_ms: number | null;
  mean_ms: number | null;
  windows: { runs: number; means_ms: number[] };
  memory: {
    /** Of the whole process at its highest, after the first runs. */
    peak_bytes: number;
    /** Of it what came since before the model was loaded. */
    model_bytes: number;
  };
  /** The published model, in turns with this one; null where there is none, or it is the same. */
  published: PublishedComparison | null;
}

export interface PublishedComparison {
  size_bytes: number | null;
  p50_ms: number | null;
  /** Null where the windows disagree. */
  ratio: Ratio | null;
  /** Why there is no comparison. */
  problem: string | null;
}

/** `models/<name>/performance.json`: stays with the run, is never published. */
export interface Performance extends Measurement {
  kind: "performance";
  version: 1;
  name: string;
  /** The numbers in one line, for people. */
  sentence: string;
}
