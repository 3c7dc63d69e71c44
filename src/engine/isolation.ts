import { UsageError } from "../errors.ts";
import { tryAnotherUser } from "./another-user.ts";
import { tryBubblewrap } from "./bubblewrap.ts";
import type { Isolation, IsolationContext } from "./isolation-level.ts";

/**
 * The strongest isolation that works here, proved by running it: bubblewrap, another user, none.
 * `reads` are folders that the process must be able to read: another user may not.
 * Throws `UsageError` where one is required and none can be reached.
 */
export async function chooseIsolation(
  ctx: IsolationContext,
  wanted: "auto" | "required" | "none",
  reads: readonly string[] = [],
): Promise<Isolation> {
  if (wanted === "none") return noIsolation("as asked");

  const reasons: string[] = [];
  for (const rung of [tryBubblewrap, tryAnotherUser]) {
    const reached = await rung(ctx, reads);
    if ("level" in reached) return reached;
    reasons.push(reached.because);
  }

  if (wanted === "auto") return noIsolation(reasons.join("; "));

  throw new UsageError(
    `isolation is required, but this machine offers none: ${reasons.join("; ")}`,
    {
      code: "isolation-unreachable",
      hint: "install bubblewrap on the runner and allow user namespaces, run the job as root, or set isolation: auto",
    },
  );
}

function noIsolation(why: string): Isolation {
  return {
    level: "none",
    says: `isolation: none, only the environment is scrubbed; the model's code can read what this job can (${why})`,
    prepare: async () => undefined,
    wrap: async (command, args) => ({ command, args }),
    finish: async () => undefined,
  };
}
