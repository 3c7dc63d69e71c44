import type { Profile } from "../../config/profile.ts";

/** What a table says of one model. */
export interface Judgement {
  id: string;
  title: string;
  runtime: string;
  evidence: Profile["evidence"];
  /** Newest opset of the default domain that it loads. */
  opset: number | null;
  /** Why it would not load or run it, and what would help. */
  problems: string[];
  /** What is lost or not promised. */
  warnings: string[];
  /** Nodes that an accelerator leaves to another one: slower, not wrong. */
  falls_back: {
    provider: string;
    otherwise: string;
    nodes: number;
    operators: string[];
  }[];
  /** Restrictions of operators that the model has, in the documentation's words; nobody judged them. */
  not_judged: string[];
}
