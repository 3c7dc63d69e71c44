import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { availableCores, coresOf } from "../../src/child/available-cores.ts";

/** A machine's `proc` and `sys`, with these files. */
function machine(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "cores-"));
  onTestFinished(() => rmSync(root, { recursive: true }));

  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe("the cores of a process", () => {
  it.each([
    ["no limit", 64, [], 64],
    ["two of 64", 64, [2], 2],
    ["the tightest of several groups", 64, [8, 3, 16], 3],
    ["no part of a core", 64, [2.5], 2],
    ["at least one", 64, [0.5], 1],
    ["no more than it may run on", 2, [8], 2],
  ])("%s", (_, runnable, quotas, cores) => {
    expect(coresOf(runnable, quotas)).toBe(cores);
  });

  it.each([
    [
      "version 2, in a group below another",
      {
        "proc/self/cgroup": "0::/pod/job\n",
        "sys/fs/cgroup/pod/job/cpu.max": "max 100000\n",
        "sys/fs/cgroup/pod/cpu.max": "100000 100000\n",
      },
    ],
    [
      "version 2, in a container that has the path of its machine",
      {
        "proc/self/cgroup": "0::/docker/4f2a\n",
        "sys/fs/cgroup/cpu.max": "150000 100000\n",
      },
    ],
    [
      "version 1",
      {
        "proc/self/cgroup": "5:devices:/job\n4:cpu,cpuacct:/job\n0::/job\n",
        "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": "100000\n",
        "sys/fs/cgroup/cpu/job/cpu.cfs_period_us": "100000\n",
      },
    ],
  ])("are limited by its control group: %s", (_, files) => {
    expect(availableCores(machine(files))).toBe(1);
  });

  it.each([
    ["a system without control groups", {}],
    [
      "version 2 without a limit",
      {
        "proc/self/cgroup": "0::/\n",
        "sys/fs/cgroup/cpu.max": "max 100000\n",
      },
    ],
    [
      "version 1 without a limit",
      {
        "proc/self/cgroup": "1:cpu:/\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      },
    ],
  ])("are all that it may run on: %s", (_, files) => {
    expect(availableCores(machine(files))).toBe(availableParallelism());
  });
});
