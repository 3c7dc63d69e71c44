import type { Failure } from "../errors.ts";
import type { Span } from "../timeline.ts";

/** `publication.json`. `none`: not requested; `withheld`: requested and not allowed, or red; see `reason`. */
export interface Publication {
  kind: "publication";
  version: 1;
  /** The plan that it follows, see `planId`. */
  plan?: string;
  /** The conversions that it is about, see `conversionsId`; absent: the same process made them. */
  conversions?: string;
  status: "published" | "unchanged" | "withheld" | "none";
  commit: string | null;
  url: string | null;
  reason: string | null;
  /** Command that fetches the edge models at the commit, and the one that proves what it fetched. */
  fetch: string | null;
  verify: string | null;
  /** Models in this publication, and those whose `edge/` was removed. */
  models: string[];
  removed: string[];
  /** Those of `models` in whose folder other files lie now than this run read; absent: none. */
  outdated?: string[];
  failure: Failure | null;
  /** A trusted key vouches for all that is published here. */
  signed: boolean;
  /** The step on the clock; absent: nobody measured. */
  timeline?: Span[];
}
