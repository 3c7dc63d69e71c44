import { someNames } from "../text/some-names.ts";
import type { LandedRequest } from "./landing.ts";

type Outcome = Pick<LandedRequest, "iid" | "status" | "landed">;

/** What was landed, or taken back, for good, in a sentence; null where nothing was. */
export function landedSoFar(
  results: readonly Outcome[],
  target: string,
): string | null {
  const done = results.flatMap(({ iid, status, landed }) => {
    if (landed === null) return [];
    if (status === "landed") return [`!${iid} landed in commit ${landed}`];
    return status === "undone" ? [`!${iid} taken back in ${landed}`] : [];
  });

  return done.length > 0 ? `on branch ${target}: ${someNames(done)}` : null;
}
