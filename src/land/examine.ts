import type { Context } from "../context.ts";
import {
  attestationPath,
  type BranchPaths,
  branchPaths,
  isIn,
  modelSignaturePath,
  placesOf,
} from "../model/layout.ts";
import { readManifest } from "../model/manifest.ts";
import type { Plan, PlannedModel } from "../plan/plan.ts";
import { preparePlan } from "../plan/prepare-plan.ts";
import type { LandedModel, Snapshot } from "../store/store.ts";
import {
  type BranchState,
  hashObjects,
  modelOf,
  readState,
} from "./branch-state.ts";
import { changedModels, movedPaths } from "./changes.ts";
import { judgeModel } from "./judge-model.ts";
import type { JudgedModel, LandJob } from "./landing.ts";

/** What landing one commit of a data branch would do. */
export interface Examination {
  /** Models that the branch changes, each judged. */
  models: JudgedModel[];
  /** Those of them that the plan knows. */
  planned: PlannedModel[];
  /** The same, for the store. */
  changes: LandedModel[];
  /** Files that the target changed meanwhile. */
  conflicts: string[];
}

/** Looks at a commit of the data branch and at the target's head; changes nothing. */
export async function examine(
  ctx: Context,
  job: LandJob,
  source: string,
  at: string,
): Promise<Examination> {
  const plan = await planAt(ctx, job, source, at);
  const paths = branchPaths(plan.store.model_path, plan.store.edge_path);
  const snapshot = await job.store.snapshot(source, at);
  const target = await job.store.snapshot(job.target);
  const state = await readState(snapshot, paths);
  const judge = (model: PlannedModel) =>
    judgePlanned(job, snapshot, state, model);
  const base = await job.store.base(at, target.id);
  const known = plan.models.map(({ name }) => name);
  if (base === null)
    return withoutHistory(job, { plan, paths, snapshot, state, target, judge });

  const baseState = await readState(
    await job.store.snapshot(job.target, base),
    paths,
  );

  const states = {
    source: state,
    target: await readState(target, paths),
    base: baseState,
  };

  const names = changedModels(states, known, paths);
  const changed = new Set(names);
  const planned = plan.models.filter(({ name }) => changed.has(name));
  const plannedOf = new Map(planned.map((model) => [model.name, model]));
  const models: JudgedModel[] = [];

  for (const name of names) {
    const model = plannedOf.get(name);
    models.push(model ? await judge(model) : leftBehind(name, states, paths));
  }

  const changes = await Promise.all(
    names.map((name) =>
      changeOf(name, plannedOf.get(name), { paths, state, target }),
    ),
  );

  const conflicts = movedPaths(states, names, paths);

  return { models, planned, changes, conflicts };
}

/** The plan of one branch as the target's own pipeline would make it, for one of its commits. */
export function planAt(
  ctx: Context,
  job: LandJob,
  branch: string,
  at?: string,
): Promise<Plan> {
  const settings = {
    ...job.settings,
    modelBranch: branch,
    models: null,
    publish: "none",
    uncommitted: "ignore",
    missingBranch: "fail",
    force: false,
  } as const;

  const request = {
    ...{ settings, store: job.store, checks: job.checks },
    proveBytes: false,
  };
  return preparePlan(ctx, at === undefined ? request : { ...request, at });
}

export function judgePlanned(
  job: Pick<LandJob, "settings" | "out">,
  snapshot: Snapshot,
  edge: BranchState,
  model: PlannedModel,
): Promise<JudgedModel> {
  const hash = (objects: Parameters<typeof hashObjects>[1]) =>
    hashObjects(snapshot, objects, job.out);
  const { modelPath, edgePath, failOn } = job.settings;
  const { manifest } = placesOf(model.name, branchPaths(modelPath, edgePath));

  return judgeModel({ model, edge, failOn, manifest, hash });
}

/** A name that is not a model of the branch: it left, or someone wrote to `edge/` by hand. */
function leftBehind(
  name: string,
  { source, base }: { source: BranchState; base: BranchState },
  paths: BranchPaths,
): JudgedModel {
  const byHand = [...source.values()]
    .filter(
      ({ path }) =>
        !path.startsWith(`${paths.model}/`) && modelOf(path, paths) === name,
    )
    .filter(({ path, token }) => base.get(path)?.token !== token)
    .map(({ path }) => path);

  if (byHand.length === 0)
    return {
      name,
      state: "removed",
      sentence: `it is no longer in ${paths.model}/`,
      files: [],
    };

  const sentence = `${paths.edge}/ was changed, but there is no such model in ${paths.model}/`;

  return { name, state: "missing", sentence, files: byHand };
}

async function changeOf(
  name: string,
  planned: PlannedModel | undefined,
  { paths, state, target }: Pick<Unversioned, "paths" | "state" | "target">,
): Promise<LandedModel> {
  const pointer = placesOf(name, paths).manifest;
  const files = planned?.published?.files.map(({ path }) => path) ?? [];
  const signatures = [attestationPath(pointer), modelSignaturePath(pointer)];
  const signed = signatures.filter((path) => state.has(path));
  const take = files.length > 0 ? [...files, ...signed, pointer] : [];
  const theirs = await readManifest(target, pointer);
  const listed = theirs?.files.map((file) => file.path) ?? [];
  const own = listed.filter((path) => isIn(placesOf(name, paths), path));
  const before = theirs ? [...own, ...signatures, pointer] : [];

  return {
    folder: planned?.folder ?? `${paths.model}/${name}`,
    take,
    pointer,
    remove: before.filter((path) => !take.includes(path)),
  };
}

interface Unversioned {
  plan: Plan;
  paths: BranchPaths;
  snapshot: Snapshot;
  state: BranchState;
  target: Snapshot;
  judge(model: PlannedModel): Promise<JudgedModel>;
}

/** A store without history: what differs from the target is what the branch changes, and the store finds conflicts. */
async function withoutHistory(
  job: LandJob,
  at: Unversioned,
): Promise<Examination> {
  const { plan, paths, target } = at;
  const examination: Examination = {
    models: [],
    planned: [],
    changes: [],
    conflicts: [],
  };
  const theirs = await readState(target, paths);

  for (const model of plan.models) {
    const judged = await at.judge(model);
    const manifest = await readManifest(
      target,
      placesOf(model.name, paths).manifest,
    );

    const same =
      judged.state === "green"
        ? manifest?.fingerprint.verdict === model.published?.fingerprint.verdict
        : await sameFolder(job, at, theirs, model);
    if (same) continue;

    examination.models.push(judged);
    examination.planned.push(model);
    examination.changes.push(await changeOf(model.name, model, at));
  }

  return examination;
}

/** Equal bytes in both branches: then it is not this branch that left the model without a verdict. */
async function sameFolder(
  { out }: LandJob,
  { snapshot, state, target }: Unversioned,
  theirs: BranchState,
  { folder }: PlannedModel,
): Promise<boolean> {
  const inside = (objects: BranchState) =>
    [...objects.values()].filter(({ path }) => path.startsWith(`${folder}/`));
  const [ours, others] = [inside(state), inside(theirs)];

  if (
    ours.length !== others.length ||
    ours.some(({ path, size }) => theirs.get(path)?.size !== size)
  )
    return false;

  const [hashes, otherHashes] = [
    await hashObjects(snapshot, ours, out),
    await hashObjects(target, others, out),
  ];

  return ours.every(({ path }) => hashes.get(path) === otherHashes.get(path));
}
