import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { limitedCommand } from "../../src/engine/process-limits.ts";

const ASK = `
import resource, sys
print(resource.getrlimit(resource.RLIMIT_CORE)[1], resource.getrlimit(resource.RLIMIT_FSIZE)[1])
print(open("/proc/self/oom_score_adj").read().strip(), sys.argv[1])
print(resource.getrlimit(resource.RLIMIT_NPROC)[1])
`;

function limitsOf(hasOwnUser: boolean): string[] {
  const { command, args } = limitedCommand(
    { command: "/usr/bin/python3", args: ["-c", ASK, "it's $HOME"] },
    { gigabytes: 2.048 },
    hasOwnUser,
  );

  return spawnSync(command, args, { encoding: "utf8" }).stdout.split("\n");
}

it("a process has no core dump, no file beyond the limit, and goes first where memory ends", () => {
  const [sizes, rest, processes] = limitsOf(false);
  expect([sizes, rest]).toEqual(["0 2048000000", "1000 it's $HOME"]);
  expect(processes).not.toBe("4096");
});

it("a process with a user of its own has a limit of processes", () => {
  expect(limitsOf(true)[2]).toBe("4096");
});
