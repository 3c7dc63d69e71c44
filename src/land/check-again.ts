import { rm } from "node:fs/promises";
import { join } from "node:path";
import { changedObjects, fetchChanged } from "../attest/hash-stored.ts";
import { decide, decisionWords } from "../decision.ts";
import { ownWork } from "../disk/work-folder.ts";
import { orPrevented } from "../machine-fault.ts";
import { branchPaths, placesOf } from "../model/layout.ts";
import type { PlannedModel } from "../plan/plan.ts";
import { inParallel } from "../store/parallel.ts";
import type { Snapshot } from "../store/store.ts";
import { plainExplanation } from "../text/explanation.ts";
import { shellQuote } from "../text/shell-quote.ts";
import { PERFORMANCE } from "../validate/performance/performance-result.ts";
import {
  type ValidateContext,
  validateFolder,
} from "../validate/validate-folder.ts";
import type { SharedWorker } from "../validate/worker/shared-worker.ts";
import type { WorkerContext } from "../validate/worker/worker-process.ts";
import { lanesFor, openLanes } from "./check-lanes.ts";
import type { Examination } from "./examine.ts";
import type { JudgedModel, LandJob } from "./landing.ts";

/** What of the landing is needed here. */
export interface CheckJob extends Pick<LandJob, "out"> {
  settings: Pick<LandJob["settings"], "modelPath" | "edgePath" | "failOn">;
  store: Pick<LandJob["store"], "snapshot">;
  /** Models that are checked at the same time; absent: as many as the machine has room for. */
  atOnce?: number;
}

export interface CheckedCommit {
  source: string;
  at: string;
  examination: Pick<Examination, "models" | "planned">;
}

/**
 * Runs the checks once more on each green model that is about to land, from the bytes that lie in the branch: a manifest,
 * and a store's word of what it holds, are not trusted alone. What the machine prevents is thrown.
 */
export async function checkAgain(
  ctx: WorkerContext,
  job: CheckJob,
  { source, at, examination }: CheckedCommit,
): Promise<JudgedModel[]> {
  const { models, planned } = examination;
  const snapshot = await job.store.snapshot(source, at);
  const green = new Set(
    models.flatMap(({ name, state }) => (state === "green" ? [name] : [])),
  );
  const claimed = planned.filter(({ name }) => green.has(name));
  const claimedAs = new Map(claimed.map((model) => [model.name, model]));

  const root = ownWork(job.out, "check-again");
  const lanes = await orPrevented("the models could not be checked", () =>
    openLanes(ctx, root, job.atOnce ?? lanesFor(claimed.map(publishedBytes))),
  );

  try {
    return await inParallel(models, lanes.count, async (judged, index) => {
      const model = claimedAs.get(judged.name);
      if (!model) return judged;

      return lanes.use(({ shared, folder }) =>
        checkModel({ ...ctx, shared }, job, {
          ...{ snapshot, model, judged },
          folder: join(folder, String(index)),
        }),
      );
    });
  } finally {
    await lanes.close();
    await rm(root, { recursive: true, force: true });
  }
}

function publishedBytes({ published }: PlannedModel): number {
  return published?.files.reduce((sum, { size }) => sum + size, 0) ?? 0;
}

type LandContext = WorkerContext & { shared: SharedWorker };

interface Landing {
  snapshot: Snapshot;
  /** For the published files; absolute. */
  folder: string;
  model: PlannedModel;
  /** What is known of it from the manifest. */
  judged: JudgedModel;
}

async function checkModel(
  ctx: LandContext,
  job: CheckJob,
  { snapshot, folder, model, judged }: Landing,
): Promise<JudgedModel> {
  const { name, published } = model;
  if (!published) throw new Error(`${name} passed but has no manifest`);

  ctx.log.info(`${name}: checking its published files again`);

  try {
    const other = await changedInputs(snapshot, model, `${folder}-inputs`);
    if (other.length > 0)
      return {
        ...judged,
        state: "stale",
        sentence: "its inputs differ from those that were verified",
        files: other,
      };

    const changed = await fetchChanged(snapshot, published.files, folder);
    if (changed.length > 0)
      return {
        ...judged,
        state: "stale",
        sentence: "the files in edge/ are not what was verified",
        files: changed,
      };

    return { ...judged, ...(await judgeFolder(ctx, job, model, folder)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Inputs whose bytes are others than those that a key signed a green for. Without a key the list is no better than the
 * store's word, and nothing is fetched.
 */
function changedInputs(
  snapshot: Snapshot,
  { author, files, published }: PlannedModel,
  folder: string,
): Promise<string[]> {
  if (author.key === null) return Promise.resolve([]);

  const proved = new Map(
    published?.inputs.map(({ path, sha256 }) => [path, sha256]),
  );
  const listed = files.map(({ path, size, token }) => ({
    ...{ path, size, token },
    sha256: proved.get(path) ?? "",
  }));

  return changedObjects(snapshot, listed, folder);
}

/**
 * Models share a process. One that is not good is checked once more, alone: a model before it may have done harm in
 * there, and no file may change what is found of another.
 */
async function judgeFolder(
  { shared, ...alone }: LandContext,
  job: CheckJob,
  model: PlannedModel,
  folder: string,
): Promise<Partial<JudgedModel>> {
  const first = await judgeIn({ ...alone, shared }, job, model, folder);
  return first.state === undefined ? first : judgeIn(alone, job, model, folder);
}

/** Speed is not judged: this is another runner than the one that measured it. */
async function judgeIn(
  ctx: ValidateContext,
  { settings }: CheckJob,
  { name, policy }: PlannedModel,
  folder: string,
): Promise<Partial<JudgedModel>> {
  const paths = branchPaths(settings.modelPath, settings.edgePath);
  const { edge, evidence } = placesOf(name, paths);

  const { verdict } = await validateFolder(ctx, {
    name,
    folder: join(folder, edge),
    evidence: join(folder, evidence),
    policy: { ...policy, off: [...policy.off, PERFORMANCE] },
    reproduce: `model-to-edge validate ${shellQuote(edge)} --evidence ${shellQuote(evidence)}`,
    performance: null,
  });

  const decision = decide({
    found: verdict,
    failure: null,
    failOn: settings.failOn,
    exceptions: policy.loosened,
  });
  if (decision.ships) return {};

  return {
    state: "red",
    sentence: `checked again, it ${decisionWords(decision)}. ${plainExplanation(verdict)}`,
  };
}
