import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { loadTrust } from "../attest/trust.ts";
import { witnessesOf } from "../attest/witnesses.ts";
import type { Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import type { Shelf } from "../disk/shelf.ts";
import { sharedWork } from "../disk/work-folder.ts";
import { UsageError } from "../errors.ts";
import { currentPipeline } from "../gitlab/current-pipeline.ts";
import type { Pipeline } from "../gitlab/pipeline.ts";
import { refuseSharedBranch } from "../gitlab/shared-branch.ts";
import { branchPaths } from "../model/layout.ts";
import type { Store } from "../store/store.ts";
import { spanOf, waitingSpans } from "../timeline.ts";
import { missingBranch, uncommitted } from "./branch-state.ts";
import { codeOfGit } from "./code-folder.ts";
import { makePlan } from "./make-plan.ts";
import { pinnedCommit } from "./model-lock.ts";
import { otherTargetNotices } from "./other-target.ts";
import type { Plan, PlannedModel } from "./plan.ts";
import { digestOf, planEngines, repositoryConfig } from "./plan-inputs.ts";
import type { PlanQuestion } from "./plan-question.ts";

export interface PlanRequest {
  settings: Settings;
  store: Store;
  /** Where unchanged models are kept; absent: in memory. */
  shelf?: Shelf;
  /** Version of the checks, part of the verdict's fingerprint. */
  checks: string;
  /** Commit of the branch to plan, where it is not the newest one. */
  at?: string;
  /** Hash published files before a signed green is used again; not where that is done later. */
  proveBytes: boolean;
  /** Image of the job that converts with an engine; absent: this job's own. */
  imageOf?(engine: string): string | null;
}

/** From the settings and the pipeline's variables to a plan; a missing data branch may end it early. */
export async function preparePlan(
  ctx: Context,
  { settings, store, checks, at, proveBytes, ...request }: PlanRequest,
): Promise<Plan> {
  const start = ctx.now();
  const imageOf = request.imageOf ?? (() => ctx.environment.ci.jobImage);
  const pipeline = await currentPipeline(ctx, settings.modelBranch);
  for (const line of pipeline.warnings) ctx.log.warn(line, "branches.md");

  const branch = branchOf(pipeline);
  const { git_ref: ref } = pipeline.source;
  if (ref !== null && pipeline.branchFrom !== "input")
    await refuseSharedBranch(ctx, ref);

  const engines = await planEngines(ctx);
  const repository = await repositoryConfig(ctx, settings.config, engines);

  const { keys } = await loadTrust(ctx, settings);

  await store.verify();

  if ((await store.head(branch)) === null) {
    const skipped = await missingBranch(ctx, {
      store,
      settings,
      pipeline,
      branch,
    });
    if (skipped !== null)
      return emptyPlan(settings, pipeline, { url: store.url, branch }, skipped);
  }

  const withheld = await uncommitted(ctx, store, settings, branch);
  const plan = await makePlan(store, {
    settings,
    source: pipeline.source,
    branch,
    ...(at === undefined
      ? { pinned: await pinnedCommit(ctx, store, branch) }
      : { at }),
    withheld: pipeline.withheld ?? withheld,
    engines,
    repository,
    code: await codeOfGit(ctx, settings.codeFrom, repository),
    imageOf: (engine) => digestOf(imageOf(engine)),
    checks,
    keep: keeperOf(request.shelf),
    witnesses: await witnessesOf(store, settings.storeUser, keys),
    proofFolder: proveBytes
      ? sharedWork(resolve(ctx.cwd, settings.out), "proof")
      : null,
    draft: {
      owner: ownerOf(pipeline),
      now: ctx.now(),
      unique: unique(),
    },
  });

  const converts = plan.models.some(({ decision }) => decision === "convert");
  if (at === undefined && plan.draft && converts)
    await store.draft(plan.draft).rehearse(publishedIn(settings));

  const { ci } = ctx.environment;
  const timeline = [
    ...waitingSpans(ci, start),
    spanOf("plan", start, ctx.now()),
  ];
  const notices = [...plan.notices, ...otherTargetNotices(ci, store, branch)];

  return { ...plan, notices, timeline };
}

/** Prefixes that a publication changes. */
function publishedIn({ modelPath, edgePath }: Settings): string[] {
  const { edge, evidence } = branchPaths(modelPath, edgePath);
  return [`${edge}/`, `${evidence}/`];
}

/** Several commands may plan at once. */
function unique(): string {
  return randomBytes(6).toString("hex");
}

/** What steps ask of all models of a plan, whatever they do. */
const LIGHT: readonly (keyof PlannedModel)[] = [
  "name",
  "decision",
  "engine",
  "device",
  "folder",
  "author",
  "failure",
];

function keeperOf(shelf: Shelf | undefined): PlanQuestion["keep"] {
  return shelf?.keeper<PlannedModel>(LIGHT) ?? ((model) => model);
}

function branchOf(pipeline: Pipeline): string {
  if (pipeline.branch !== null) return pipeline.branch;
  throw new UsageError(
    pipeline.reason ?? "no branch of the store belongs to this pipeline",
    {
      code: "branch-unknown",
      hint: "name the branch with `--model-branch` (input model-branch)",
    },
  );
}

function emptyPlan(
  settings: Settings,
  pipeline: Pipeline,
  { url, branch }: { url: string; branch: string },
  skipped: string,
): Plan {
  return {
    kind: "plan",
    version: 2,
    source: pipeline.source,
    skipped,
    store: {
      url,
      branch,
      snapshot: "",
      model_path: settings.modelPath,
      edge_path: settings.edgePath,
    },
    draft: null,
    publish: settings.publish,
    withheld: null,
    fail_on: settings.failOn,
    force: settings.force,
    gone: [],
    notices: [],
    models: [],
  };
}

/** Who a draft belongs to, for the sweep: the project and its Git ref, or a person's machine. */
function ownerOf({ source }: Pipeline): string {
  return source.project === null
    ? "local"
    : `${source.project}:${source.git_ref ?? ""}`;
}
