import { runChild } from "../child/run-child.ts";
import type { Context } from "../context.ts";

/** The branch and commit that are checked out in the working directory; null where Git or a branch is missing. */
export async function localGit(
  ctx: Pick<Context, "env" | "cwd" | "now" | "signal">,
): Promise<{ branch: string | null; sha: string | null }> {
  const [branch, sha] = await Promise.all([
    git(ctx, "symbolic-ref", "--short", "HEAD"),
    git(ctx, "rev-parse", "HEAD"),
  ]);
  return { branch, sha };
}

async function git(
  ctx: Pick<Context, "env" | "cwd" | "now" | "signal">,
  ...args: string[]
): Promise<string | null> {
  try {
    const outcome = await runChild(ctx, {
      command: "git",
      args,
      cwd: ctx.cwd,
      env: { PATH: ctx.env.PATH ?? "", HOME: ctx.env.HOME ?? "" },
      timeoutMs: 10_000,
      graceMs: 500,
      maxLogBytes: 4096,
      signal: ctx.signal,
    });
    return outcome.exitCode === 0 ? (outcome.tail[0]?.trim() ?? null) : null;
  } catch {
    // No git on this machine: the branch must then be named.
    return null;
  }
}
