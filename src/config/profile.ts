/**
 * What a device's runtime is able to load, from its documentation: a table, no evidence. Domains are named as in ONNX,
 * the default one `ai.onnx`. What a profile does not mention is not judged.
 */
export interface Profile {
  id: string;
  title: string;
  /** Id of the profile that this one starts from; gone once it is resolved. */
  extends?: string;
  os?: string;
  arch?: string[];
  evidence: "table-only";
  runtime: { name: string; version: string };
  /** Opsets that it loads; operators of another domain are unknown to it. */
  opsets: Record<string, OpsetRange>;
  newest_ir?: number;
  operators?: {
    /** All that it has, by domain; a domain without a list has every operator of its opsets. */
    has?: Record<string, string[]>;
    /** What it lacks, from this opset of the domain on. */
    lacks?: Record<string, Record<string, number>>;
  };
  /** What an operator of it cannot do, in the documentation's words: shown, not judged. */
  restrictions?: Record<string, string>;
  dtypes?: {
    /** Of inputs, outputs and weights: it does not load them. */
    refused?: string[];
    /** It computes with another type than the file says. */
    cast?: Record<string, string>;
  };
  /** Largest K of TopK, and whether K must stand in the file. */
  top_k?: { largest?: number; constant?: boolean };
  /** False: every axis must be fixed. */
  dynamic_axes?: boolean;
  /** False: weights must lie in the file itself. */
  external_data?: boolean;
  /** False: the graph must not define functions of its own. */
  local_functions?: boolean;
  /** Accelerators in their order; what one lacks runs on the next. Slower, not wrong. */
  providers?: Provider[];
  precision?: string[];
  budgets?: { file_bytes?: number; memory_bytes?: number };
  notes?: string[];
  /** What was tried with the runtime itself, and when. */
  verified?: string[];
  sources: ProfileSource[];
}

export interface OpsetRange {
  oldest?: number;
  newest: number;
  /** What happens to a newer one; by default it is refused. */
  beyond?: "refused" | "not-promised";
}

export interface Provider {
  name: string;
  /** What takes over the nodes that it lacks. */
  otherwise?: string;
  /** Id of the profile with its operators. */
  like?: string;
  /** All operators that it has, by domain. */
  has?: Record<string, string[]>;
}

export interface ProfileSource {
  url: string;
  /** Which stored version was read: a commit, a release, a package. */
  read?: string;
  says: string;
  /** Not looked up again for this profile. */
  remembered?: boolean;
}
