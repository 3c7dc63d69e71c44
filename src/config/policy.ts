import type { Profile } from "./profile.ts";

/** What a model must meet. Loosened values count only from Git; `loosened` names them for the note. */
export interface Policy {
  /** Sizes to try on symbolic axes, beside those that the references have. */
  shapes: Record<string, number[]>;
  tolerance: Tolerance;
  /** Devices whose runtime must be able to load it. */
  profiles: PolicyProfile[];
  /** Limits of size, time and memory; null: none. */
  performance: PerformanceBudget;
  /** What `golden.safetensors` may hold; absent: `sample`, so that the fingerprints of before still hold. */
  golden?: GoldenWish;
  /** What the runtime parameters are made of; absent: there are none. */
  parameters?: PolicyParameters;
  /** Names of checks that are switched off. */
  off: string[];
  /** One line each: what was loosened, and where. */
  loosened: string[];
}

/** A real input where there is one; never a real one; none at all. */
export type GoldenWish = "sample" | "random" | "none";

/** A template of runtime parameters, as `conversion.yaml` names it. */
export interface PolicyParameters {
  template: string;
  /** Of its text: another text is another policy. */
  sha256: string;
  /** The text of a template of the team's own; null for one of this package. */
  own: string | null;
}

/** A device that was named, in `conversion.yaml` or with `--profile`. */
export interface PolicyProfile {
  id: string;
  /** Of the whole table, with what it extends: another table is another policy. */
  sha256: string;
  /** A device of the team's own: its file as it was named, and what that holds; null for a profile of this package. */
  own: { file: string; table: Profile } | null;
}

/** All null: the rule that needs no tuning (noise against the source framework's own fp64). */
export interface Tolerance {
  /** Least signal to quantisation noise ratio in dB against fp64. */
  sqnr_db: number | null;
  /** Largest error of one element, as part of the output's range. */
  range_relative: number | null;
  /** Largest absolute error of one element. */
  absolute: number | null;
  /** Fewest pooled values per channel that count as evidence (default 8). */
  min_values: number | null;
}

/** A verdict that these decide depends on the machine. */
export interface PerformanceBudget {
  /** Milliseconds that 95 % of the runs do not exceed. */
  p95_ms: number | null;
  load_ms: number | null;
  /** Megabytes that loading and running the model takes. */
  memory_mb: number | null;
  /** Megabytes of the model's file and the weights beside it. */
  size_mb: number | null;
  /** Largest run time, as a multiple of that of the model that is published now. */
  slower_than_published: number | null;
}

export const STRICT: Policy = {
  shapes: {},
  tolerance: {
    sqnr_db: null,
    range_relative: null,
    absolute: null,
    min_values: null,
  },
  profiles: [],
  performance: {
    p95_ms: null,
    load_ms: null,
    memory_mb: null,
    size_mb: null,
    slower_than_published: null,
  },
  off: [],
  loosened: [],
};
