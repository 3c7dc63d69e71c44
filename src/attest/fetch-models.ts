import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Settings } from "../config/settings.ts";
import { UsageError } from "../errors.ts";
import { FLAT_NAME } from "../model/find-models.ts";
import {
  attestationPath,
  type BranchPaths,
  branchPaths,
  isManifestPath,
  modelSignaturePath,
} from "../model/layout.ts";
import { type PublishedManifest, readPublished } from "../model/manifest.ts";
import type { Snapshot } from "../store/store.ts";
import { refuseTwins } from "../store/twins.ts";
import { advice } from "../text/nearest.ts";
import { ATTESTATION_LIMIT } from "./attestation.ts";
import {
  type BranchObjects,
  listedNow,
  objectsBelow,
} from "./branch-objects.ts";

export interface FetchWish {
  /** Null: all. */
  model: string | null;
  /** The name of the branch or of the commit, where whoever asks wrote it. */
  branch?: string;
  /** Folder that gets `edge/` and `evidence/`, as they lie in the branch. */
  part: string;
  /** Which files of the manifest; default: all. */
  wanted?: (path: string) => boolean;
}

export interface FetchedModels {
  names: string[];
  /** Files that have other bytes than their manifest says, in plain words. */
  doubts: string[];
  /** Of all models: those below `edge/` that have files and no manifest that can be read, so they were not fetched. */
  left: string[];
}

/** Downloads published models with their manifests and attestations. Throws `UsageError` where there is none. */
export async function fetchModels(
  snapshot: Snapshot,
  settings: Pick<Settings, "modelPath" | "edgePath">,
  wish: FetchWish,
): Promise<FetchedModels> {
  const found = await findPublished(snapshot, settings, wish);

  return fetchFound(snapshot, found, wish);
}

/** Published models that were found, and nothing of them fetched yet. */
export interface FoundPublished {
  chosen: PublishedManifest[];
  objects: BranchObjects;
  left: string[];
}

/** What `fetchModels` would fetch. Throws `UsageError` where there is none. */
export async function findPublished(
  snapshot: Snapshot,
  settings: Pick<Settings, "modelPath" | "edgePath">,
  { model, branch }: Pick<FetchWish, "model" | "branch">,
): Promise<FoundPublished> {
  const paths = branchPaths(settings.modelPath, settings.edgePath);
  const objects = await objectsBelow(snapshot, [paths.edge, paths.evidence]);
  const found = await manifestsOf(snapshot, objects, paths);
  const names = found.map(({ manifest }) => manifest.name);
  const chosen = found.filter(
    ({ manifest }) => model === null || manifest.name === model,
  );

  const left = withoutManifest(objects, found, paths);

  if (chosen.length === 0)
    throw notPublished(
      { model, branch, isCommit: snapshot.isCommit === true },
      { names, left },
      settings.edgePath,
    );

  return { chosen, objects, left: model === null ? left : [] };
}

/** Downloads what was found. Throws `UsageError` where two of the files would be one on this machine. */
export async function fetchFound(
  snapshot: Snapshot,
  { chosen, objects, left }: FoundPublished,
  { part, wanted = () => true }: Pick<FetchWish, "part" | "wanted">,
): Promise<FetchedModels> {
  // Each model is a download of its own.
  await refuseTwins(
    part,
    chosen.flatMap(({ path, manifest: { files } }) => [
      path,
      ...files.map((file) => file.path).filter(wanted),
    ]),
  );

  const doubts: string[] = [];
  for (const each of chosen)
    doubts.push(
      ...(await fetchModel(snapshot, each, { objects, part, wanted })),
    );

  return { names: chosen.map(({ manifest }) => manifest.name), doubts, left };
}

interface Asked {
  model: string | null;
  branch: string | undefined;
  isCommit: boolean;
}

/** A branch that was taken for a model leaves the store's last part as the branch: both are named. */
function notPublished(
  { model, branch, isCommit }: Asked,
  { names, left }: { names: readonly string[]; left: readonly string[] },
  edgePath: string,
): UsageError {
  const kind = isCommit ? "commit" : "branch";
  const where = branch === undefined ? `this ${kind}` : `${kind} ${branch}`;
  const other = isCommit
    ? "name the commit that the log or the note of the model's run prints, or the branch for what is published now"
    : null;
  const error = (message: string, hint: string) =>
    new UsageError(message, { code: "model-unknown", hint });

  const damaged = left.find((name) => model === null || name === model);
  if (damaged !== undefined)
    return error(
      `the manifest of model ${damaged} in ${edgePath}/ of ${where} is missing or cannot be read`,
      other ?? "publish the model again: `run` converts it",
    );

  if (names.length > 0)
    return error(
      `no model ${model} is published in ${where}`,
      [advice(model ?? "", names), ...(other ? [other] : [])].join("; "),
    );

  const all =
    branch !== undefined && model !== null && !isCommit
      ? `; if ${model} is a branch, write a \`/\` after it: that means all of its models`
      : "";

  return error(
    `no model is published in ${edgePath}/ of ${where}`,
    other ?? `name the branch that the models were published to${all}`,
  );
}

async function manifestsOf(
  snapshot: Snapshot,
  objects: BranchObjects,
  paths: BranchPaths,
): Promise<PublishedManifest[]> {
  const all: PublishedManifest[] = [];
  for (const path of objects.keys()) {
    if (!isManifestPath(path, paths)) continue;
    const model = await readPublished(snapshot, path);
    if (model) all.push(model);
  }

  return all;
}

/** Models that have files below `edge/`, and no manifest among those that were found. All of it is a flat model's. */
function withoutManifest(
  objects: BranchObjects,
  found: readonly PublishedManifest[],
  { edge }: BranchPaths,
): string[] {
  const known = new Set(found.map(({ manifest }) => manifest.name));
  if (known.has(FLAT_NAME)) return [];

  const names = [...objects.keys()]
    .filter((path) => path.startsWith(`${edge}/`))
    .map((path) => path.slice(edge.length + 1).split("/"))
    .map(([first = "", ...rest]) => (rest.length > 0 ? first : FLAT_NAME));

  return [...new Set(names)].filter((name) => !known.has(name));
}

/** Returns its doubts. */
async function fetchModel(
  snapshot: Snapshot,
  { manifest, bytes, path }: PublishedManifest,
  {
    objects,
    part,
    wanted,
  }: Required<Pick<FetchWish, "part" | "wanted">> & {
    objects: BranchObjects;
  },
): Promise<string[]> {
  const listed = manifest.files.filter(({ path }) => wanted(path));
  const there = listedNow(listed, objects);
  const got = await snapshot.download(there, part);
  const hashes = new Map(got.map((file) => [file.path, file.sha256]));
  await mkdir(dirname(join(part, path)), { recursive: true });
  await writeFile(join(part, path), bytes);

  for (const beside of [attestationPath(path), modelSignaturePath(path)]) {
    const small = await snapshot.read(beside, ATTESTATION_LIMIT);
    if (small) await writeFile(join(part, beside), small);
  }

  return listed
    .filter((file) => hashes.get(file.path) !== file.sha256)
    .map((file) =>
      hashes.has(file.path)
        ? `${file.path} does not match the sha256 in the manifest of ${manifest.name}`
        : `${file.path} is listed in the manifest of ${manifest.name}, but is missing`,
    );
}
