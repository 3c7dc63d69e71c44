import type { OutputLimits } from "../config/output-limits.ts";

/** Threads count as processes; PyTorch starts some for each core. */
const MOST_PROCESSES = 4096;
/** The unit of `ulimit -f` where the shell keeps to POSIX. */
const BLOCK = 512;

// No core dump, no file beyond the limit, and where memory ends, this process goes first and not the runner. The limit of
// processes is `-u` in bash and ash, and `-p` in dash.
const SCRIPT = [
  "ulimit -c 0",
  'ulimit -f "$1"',
  '[ -z "$2" ] || ulimit -u "$2" 2>/dev/null || ulimit -p "$2"',
  "{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null",
  "shift 2",
  'exec "$@"',
].join("; ");

/**
 * The command, started with limits that it and all that it starts cannot raise. The kernel counts processes by user, so
 * that their number is limited only where the process has a user of its own.
 */
export function limitedCommand(
  { command, args }: { command: string; args: string[] },
  limits: Pick<OutputLimits, "gigabytes">,
  hasOwnUser: boolean,
): { command: string; args: string[] } {
  const blocks = String(Math.ceil((limits.gigabytes * 1e9) / BLOCK));
  const processes = hasOwnUser ? String(MOST_PROCESSES) : "";

  return {
    command: "/bin/sh",
    args: ["-c", SCRIPT, "sh", blocks, processes, command, ...args],
  };
}
