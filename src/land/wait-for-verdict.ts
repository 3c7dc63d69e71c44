import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import type { MergedRequest } from "../gitlab/merged-requests.ts";
import { requestPipelineState } from "../gitlab/request-state.ts";
import { type Examination, examine } from "./examine.ts";
import type { LandJob } from "./landing.ts";
import { commitToLand } from "./pinned-commit.ts";
import { branchGone, type Refusal, refusalOf } from "./refusal.ts";

const LONGEST_PAUSE_MS = 10_000;
const SHORTEST_PAUSE_MS = 300;
/** Where nobody says whether a pipeline still runs, a red one must not hold up the job for long. */
const BLIND_MS = 30_000;

/** What was seen of the data branch, and why it may not land; null where it may. */
export interface Decided {
  at: string;
  examination: Examination | null;
  refusal: Refusal | null;
}

/** Looks again while a pipeline of the merge request may still bring the verdict, but not for ever. */
export async function waitForVerdict(
  ctx: Context,
  job: LandJob,
  request: MergedRequest,
  source: string,
): Promise<Decided> {
  const start = ctx.now().getTime();
  const pause = Math.min(
    LONGEST_PAUSE_MS,
    Math.max(SHORTEST_PAUSE_MS, job.waitMs / 20),
  );

  for (let said = false; ; said = true) {
    // Asked before the store is read: a verdict that comes in between is then seen.
    const waiting = await mayStillCome(job, request, source);
    const head = await job.store.head(source);
    if (head === null)
      return { at: "", examination: null, refusal: branchGone(job, source) };

    const at = await commitToLand(ctx, job, source, head);
    const examination = await examine(ctx, job, source, at);
    const refusal = refusalOf(job, request, source, examination);
    if (!refusal?.curable || waiting === null)
      return { at, examination, refusal };
    if (ctx.now().getTime() + pause > start + waiting.limitMs)
      return { at, examination, refusal: outOfTime(refusal, waiting) };

    if (!said)
      ctx.log.info(
        `!${request.iid}: not landed yet: ${refusal.reason}; waiting, for ${waiting.why}`,
      );

    await sleep(pause, undefined, { signal: ctx.signal }).catch(() =>
      ctx.signal.throwIfAborted(),
    );
  }
}

interface Waiting {
  why: string;
  limitMs: number;
}

/** What may still bring a verdict, or null. */
async function mayStillCome(
  job: LandJob,
  { iid }: MergedRequest,
  source: string,
): Promise<Waiting | null> {
  const limitMs = job.waitMs;
  if (limitMs <= 0) return null;

  const state = await requestPipelineState(job.client, iid);
  if (state === "active")
    return { why: "a pipeline of the merge request is still running", limitMs };

  for await (const { branch } of job.store.drafts())
    if (branch === source)
      return { why: "a run is publishing into the branch", limitMs };

  if (state === "ended") return null;

  return {
    why: "this token cannot see whether its pipeline is still running",
    limitMs: Math.min(limitMs, BLIND_MS),
  };
}

function outOfTime(refusal: Refusal, { why, limitMs }: Waiting): Refusal {
  return {
    ...refusal,
    reason: `${refusal.reason} (waited ${Math.round(limitMs / 1000)} s: ${why})`,
  };
}
