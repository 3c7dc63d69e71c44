import type { Settings } from "../config/settings.ts";
import { FLAT_NAME } from "../model/find-models.ts";
import { branchPaths, placesOf } from "../model/layout.ts";
import type { Snapshot, StoreObject } from "../store/store.ts";
import { type BranchState, hashObjects, modelOf } from "./branch-state.ts";
import type { LandJob } from "./landing.ts";

/** Bytes that are read in all to tell whether files of one size are equal; beyond that they count as different. */
const MOST_READ = 256 << 20;

type Job = Pick<LandJob, "store" | "out" | "target"> & {
  settings: Pick<Settings, "modelPath" | "edgePath">;
};

/**
 * Files of a landed commit beside its models that the target does not have, in their order: a store without history takes
 * only the models' own folders. None where the store merges whole commits.
 */
export async function leftOnBranch(
  job: Job,
  branch: string,
  commit: string,
): Promise<string[]> {
  const target = await job.store.snapshot(job.target);
  if ((await job.store.base(commit, target.id)) !== null) return [];

  const source = await job.store.snapshot(branch, commit);
  const ours = await besideModels(source, job);
  if (ours.size === 0) return [];

  const theirs = await besideModels(target, job);
  const equal = await equalContent({ source, ours, target, theirs }, job.out);

  return [...ours.keys()].filter((path) => !equal.has(path));
}

async function besideModels(
  snapshot: Snapshot,
  { settings: { modelPath, edgePath } }: Job,
): Promise<BranchState> {
  const paths = branchPaths(modelPath, edgePath);
  const all = new Map<string, StoreObject>();
  for await (const object of snapshot.list("")) all.set(object.path, object);

  const isFlat = all.has(placesOf(FLAT_NAME, paths).manifest);
  const isOfModels = (path: string) => {
    const isIn = (top: string) => path.startsWith(`${top}/`);
    if (isIn(paths.edge) || isIn(paths.evidence)) return true;

    return isIn(paths.model) && (isFlat || modelOf(path, paths) !== FLAT_NAME);
  };

  return new Map([...all].filter(([path]) => !isOfModels(path)));
}

interface TwoStates {
  source: Snapshot;
  ours: BranchState;
  target: Snapshot;
  theirs: BranchState;
}

/** Paths of both that hold the same bytes. */
async function equalContent(
  { source, ours, target, theirs }: TwoStates,
  out: string,
): Promise<Set<string>> {
  const alike = [...ours.values()].filter(
    ({ path, size }) => theirs.get(path)?.size === size,
  );
  const isSame = ({ path, token }: StoreObject) =>
    theirs.get(path)?.token === token;
  const equal = new Set(alike.filter(isSame).map(({ path }) => path));

  const unclear = alike.filter((object) => !isSame(object));
  const bytes = unclear.reduce((sum, { size }) => sum + size, 0);
  if (bytes > MOST_READ) return equal;

  const hashes = await hashObjects(source, unclear, out);
  const others = unclear.flatMap(({ path }) => theirs.get(path) ?? []);
  const otherHashes = await hashObjects(target, others, out);
  for (const [path, sha256] of hashes)
    if (otherHashes.get(path) === sha256) equal.add(path);

  return equal;
}
