import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { readSystemFile } from "./system-file.ts";

/**
 * Cores that this process has time on, at least 1: those that it may run on, or fewer where a control group limits its
 * time, as GitLab's Kubernetes and Docker executors do. `root`: where `proc` and `sys` lie.
 */
export function availableCores(root = "/"): number {
  return coresOf(availableParallelism(), quotas(root));
}

/** quotas: cores that each group has time on, as fractions. A started core counts only where it is the only one. */
export function coresOf(runnable: number, quotas: readonly number[]): number {
  return Math.max(1, Math.floor(Math.min(runnable, ...quotas)));
}

/** Of the process's own group and all above it, in both versions of control groups. */
function quotas(root: string): number[] {
  const lines = readSystemFile(join(root, "proc/self/cgroup"))
    .trim()
    .split("\n");

  return lines.flatMap((line) => {
    const [, controllers = "", path = "/"] =
      /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const version1 = controllers.split(",").includes("cpu");
    if (controllers !== "" && !version1) return [];

    const top = join(root, "sys/fs/cgroup", version1 ? "cpu" : "");
    return groupsUpwards(path).flatMap((group) =>
      version1
        ? quotaOf(
            readSystemFile(join(top, group, "cpu.cfs_quota_us")),
            readSystemFile(join(top, group, "cpu.cfs_period_us")),
          )
        : quotaOf(...twoWords(readSystemFile(join(top, group, "cpu.max")))),
    );
  });
}

/** In a container the path may be the machine's, and only its top is there. */
function groupsUpwards(path: string): string[] {
  const up = dirname(path);
  return up === path ? [path] : [path, ...groupsUpwards(up)];
}

/** Microseconds of each period; none where it says `max`, -1 or nothing. */
function quotaOf(quota: string, period: string): number[] {
  const cores = Number.parseInt(quota, 10) / Number.parseInt(period, 10);
  return cores > 0 && Number.isFinite(cores) ? [cores] : [];
}

function twoWords(text: string): [string, string] {
  const [quota = "", period = ""] = text.trim().split(" ");
  return [quota, period];
}
