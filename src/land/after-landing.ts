import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { gitBranchExists } from "../gitlab/request-state.ts";
import { branchPaths } from "../model/layout.ts";
import { preparePlan } from "../plan/prepare-plan.ts";
import { publishRun } from "../publish/publish-run.ts";
import { byText, someNames } from "../text/some-names.ts";
import { readState } from "./branch-state.ts";
import { judgePlanned } from "./examine.ts";
import type { JudgedModel, LandedRequest, LandJob } from "./landing.ts";
import { leftOnBranch } from "./left-on-branch.ts";

/** Deletes the data branch where it holds nothing but what was landed; else says why it stays. Never fails a landing. */
export async function tidyBranch(
  ctx: Context,
  job: LandJob,
  request: LandedRequest,
): Promise<string | null> {
  const { commit, data_branch: branch, source_branch: gitBranch } = request;
  if (commit === null || request.landed === null) return null;
  if (job.deleteBranch === "never") return "`delete-branch` is `never`";

  try {
    if (job.deleteBranch === "gone") {
      const exists = await gitBranchExists(ctx, job.client, gitBranch);
      if (exists === true) return `the Git branch ${gitBranch} still exists`;
      if (exists === null)
        return `it is unknown whether the Git branch ${gitBranch} still exists`;
    }

    const left = await leftOnBranch(job, branch, commit);
    if (left.length > 0)
      return `landing takes only models, and it has other files that ${job.target} does not have: ${someNames(left)}`;

    const outcome = await job.store.deleteBranch(branch, commit);
    if (outcome === "moved")
      return `someone pushed to it after the landed commit`;
    if (outcome === "uncommitted") return "it has uncommitted objects";

    ctx.log.info(
      `the data branch ${branch} ${outcome === "gone" ? "is gone" : "was deleted"}`,
    );

    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `it could not be deleted: ${error.message}`;
  }
}

/** The target after landing: what was landed must be covered there, too; an edge model whose model left is removed. */
export interface TargetState {
  notices: string[];
  /** Landed models whose green does not cover what lies on the target now. */
  uncovered: JudgedModel[];
}

export async function lookAtTarget(
  ctx: Context,
  job: LandJob,
  landed: ReadonlySet<string>,
): Promise<TargetState> {
  const { settings, store, target, checks } = job;
  const onTarget = {
    ...settings,
    modelBranch: target,
    models: null,
    uncommitted: "ignore",
    force: false,
  } as const;

  const plan = await preparePlan(ctx, {
    settings: onTarget,
    store,
    checks,
    proveBytes: false,
  });
  const snapshot = await store.snapshot(target, plan.store.snapshot);
  const edge = await readState(
    snapshot,
    branchPaths(plan.store.model_path, plan.store.edge_path),
  );
  const judged: JudgedModel[] = [];
  for (const model of plan.models)
    judged.push(await judgePlanned(job, snapshot, edge, model));
  const uncovered = judged.filter(
    ({ name, state }) => landed.has(name) && state !== "green",
  );

  const others = judged.filter(
    ({ name, state }) => !landed.has(name) && state !== "green",
  );

  const notices = byText(
    [...uncovered, ...others],
    ({ sentence }) => sentence,
  ).map(({ names, text }) => `${someNames(names)} on ${target}: ${text}`);

  if (plan.gone.length > 0 && plan.draft) {
    const { removed, reason } = await publishRun(ctx, store, {
      plan: { ...plan, models: [] },
      models: [],
      trust: { keys: [], signer: null },
      out: job.out,
      settings,
    });

    if (removed.length > 0)
      notices.push(
        `${someNames(removed)}: no longer in ${settings.modelPath}/, so ${removed.length > 1 ? "their edge models were" : "its edge model was"} removed`,
      );

    if (reason !== null)
      notices.push(`edge models of removed models are still there: ${reason}`);
  }

  if (notices.length === 0)
    ctx.log.info(`${target}: unchanged, every model is covered by its verdict`);

  return { notices, uncovered };
}
