import type { CiVariables } from "../environment/ci-variables.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import type { Store } from "../store/store.ts";

/**
 * What people must know of a merge request into another branch than the default one, as a stacked request or one for a
 * release: `land` runs on the default branch alone, so that nobody merges its data. `branch`: of the store.
 */
export function otherTargetNotices(
  { mergeRequest, defaultBranch }: CiVariables,
  { mergeCommand }: Pick<Store, "mergeCommand">,
  branch: string,
): string[] {
  const target = mergeRequest?.targetBranch ?? null;
  const isFork = (mergeRequest?.fork ?? null) !== null;
  if (target === null || defaultBranch === null || isFork) return [];
  if (target === defaultBranch || mergeRequest?.sourceBranch === defaultBranch)
    return [];

  const into = mapBranchName(target);
  const command = mergeCommand(branch, into, false);
  const step = command
    ? `merge it by hand after the Git merge: \`${command}\``
    : `take its models over by hand after the Git merge`;

  return [
    `this merge request goes into \`${target}\`, and \`land\` runs on \`${defaultBranch}\` alone: nothing merges the data branch \`${branch}\` into \`${into}\`; ${step}, or make \`${defaultBranch}\` its target`,
  ];
}
