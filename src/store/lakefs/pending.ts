import type { LakefsApi } from "./api.ts";

/** Uncommitted objects of a branch: below the prefix, and elsewhere. */
export async function countPending(
  api: LakefsApi,
  branch: string,
  prefix: string,
): Promise<{ inputs: number; elsewhere: number }> {
  const count = { inputs: 0, elsewhere: 0 };
  for await (const { path } of api.diffBranch(branch))
    count[path.startsWith(prefix) ? "inputs" : "elsewhere"]++;
  return count;
}
