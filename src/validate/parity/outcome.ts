import type { OutputReport } from "../output-report.ts";

/** What decides about an output; without a kind it is a pass or a warning. */
export type Outcome = Pick<OutputReport, "status" | "message"> & {
  kind?: "wrong" | "unproven";
};

export function wrong(message: string): Outcome {
  return { status: "fail", kind: "wrong", message };
}

/** Null without a reason. */
export function unproven(called: string, why: string | null): Outcome | null {
  return why === null
    ? null
    : { status: "fail", kind: "unproven", message: `${called}: ${why}` };
}
