import { someNames } from "../text/some-names.ts";
import type { Publication } from "./publication.ts";

type Outcome = Pick<Publication, "status" | "commit" | "models" | "removed">;

/** What a publication has done for good, in a sentence. */
export function publishedSoFar(
  { status, commit, models, removed }: Outcome,
  branch: string,
): string {
  if (status === "unchanged")
    return `branch ${branch} had everything already, and nothing was published anew`;
  if (status !== "published") return "nothing was published";

  const done = [
    models.length > 0 ? `published ${someNames(models)}` : "",
    removed.length > 0 ? `removed ${someNames(removed)}` : "",
  ].filter(Boolean);

  return `${done.join(" and ")} on branch ${branch}, commit ${commit}`;
}
