import { UsageError } from "../errors.ts";
import { mapBranchName, mayShare, refsThatShare } from "./branch-name.ts";
import { type GitContext, remoteBranches } from "./git.ts";

/**
 * Throws `UsageError` where another Git branch of `origin` has the same branch in the store: the models of one would
 * pass for those of the other. Without a clone, or where `origin` cannot be asked, it is not known.
 */
export async function refuseSharedBranch(
  ctx: GitContext,
  gitRef: string,
): Promise<void> {
  if (!mayShare(gitRef)) return;

  const others = refsThatShare(gitRef, (await remoteBranches(ctx)) ?? []);
  if (others.length === 0) return;

  throw new UsageError(
    `the Git branches ${[gitRef, ...others].join(" and ")} share the data branch ${mapBranchName(gitRef)}`,
    {
      code: "branch-shared",
      hint: "rename one of the Git branches, or name a data branch for this one with model-branch",
    },
  );
}
