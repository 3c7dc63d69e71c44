import { runChild } from "../child/run-child.ts";
import type { Context } from "../context.ts";

export type GitContext = Pick<
  Context,
  "environment" | "cwd" | "now" | "signal"
>;

const LIMIT_MS = 20_000;

/** What a Git command prints, as lines; null where Git is missing or says no. */
export async function gitLines(
  ctx: GitContext,
  ...args: string[]
): Promise<string[] | null> {
  const lines: string[] = [];
  try {
    const { exitCode } = await runChild(ctx, {
      command: "git",
      args,
      cwd: ctx.cwd,
      // It must never ask anybody for a password.
      env: {
        PATH: ctx.environment.path,
        HOME: ctx.environment.home,
        GIT_TERMINAL_PROMPT: "0",
        GIT_SSH_COMMAND: BATCH,
      },
      timeoutMs: LIMIT_MS,
      graceMs: 500,
      maxLogBytes: 1 << 20,
      onLine: (line) => void lines.push(line),
      signal: ctx.signal,
      isBrief: BRIEF.has(args[0] ?? ""),
    });
    return exitCode === 0 ? lines : null;
  } catch {
    ctx.signal.throwIfAborted();
    return null;
  }
}

/** They read a file or two, here. */
const BRIEF: ReadonlySet<string> = new Set(["symbolic-ref", "rev-parse"]);
const BATCH = "ssh -o BatchMode=yes";

/** The branch and commit that are checked out in the working directory; null where Git or a branch is missing. */
export async function headOf(
  ctx: GitContext,
): Promise<{ branch: string | null; sha: string | null }> {
  const [branch, sha] = await Promise.all([
    gitLines(ctx, "symbolic-ref", "--short", "HEAD"),
    gitLines(ctx, "rev-parse", "HEAD"),
  ]);

  return { branch: branch?.[0] ?? null, sha: sha?.[0] ?? null };
}

/** Branches of `origin`, as it says now; null where it cannot be asked. */
export async function remoteBranches(
  ctx: GitContext,
): Promise<string[] | null> {
  const lines = await gitLines(ctx, "ls-remote", "--heads", "origin");
  if (lines === null) return null;

  return lines.flatMap(
    (line) => /^[0-9a-f]{40,64}\trefs\/heads\/(.+)$/.exec(line)?.[1] ?? [],
  );
}
