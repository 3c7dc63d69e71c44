import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import picomatch from "picomatch";
import type { Witnesses } from "../attest/author.ts";
import { listedNow, objectsBelow } from "../attest/branch-objects.ts";
import { fetchModels } from "../attest/fetch-models.ts";
import { filesBelow } from "../attest/files-below.ts";
import { modelsInFolder } from "../attest/models-in-folder.ts";
import type { Origin } from "../attest/statement.ts";
import {
  type FoundModel,
  type ModelProof,
  OTHER_INPUTS,
  proveModel,
} from "../attest/verify-model.ts";
import type { Settings } from "../config/settings.ts";
import { hashFile } from "../disk/hash-file.ts";
import { CheckFailed } from "../errors.ts";
import { branchPaths, placesOf } from "../model/layout.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Snapshot, StoreObject } from "../store/store.ts";
import { releaseNames } from "./release-names.ts";
import type { LocalFile } from "./target.ts";

export interface CollectWish {
  /** The model's name in the store. */
  model: string;
  /** Its name in the registry: the graph's file gets it. */
  name: string;
  /** More files of the model's folder, by role: globs in that folder. */
  extra: Readonly<Record<string, string>>;
  /** Globs of files in the model's folder that are samples, and stay behind. */
  samples: readonly string[];
  /** Name of the branch, for people. */
  branch: string;
  /** Empty folder for the files. */
  folder: string;
}

export interface Collected {
  manifest: Manifest;
  /** Laid out like `edge/<name>/`. */
  edge: string;
  /** Laid out like `evidence/<name>/`. */
  evidence: string;
  files: LocalFile[];
  /** Where the verdict was made, where a trusted key signed it. */
  origin: Origin | null;
}

/**
 * Fetches all files of a release, each hashed on its way, and proves them: they are what a green manifest lists, a trusted
 * key or the publisher vouches for it, and what lies in the model's folder is what the verdict is about. Throws
 * `CheckFailed` with every doubt, `UsageError` where there is no such model.
 */
export async function collectRelease(
  snapshot: Snapshot,
  settings: Pick<Settings, "modelPath" | "edgePath">,
  { witnesses, ...wish }: CollectWish & { witnesses: Witnesses },
): Promise<Collected> {
  const { model, folder } = wish;
  const paths = branchPaths(settings.modelPath, settings.edgePath);
  await mkdir(folder, { recursive: true });
  const fetched = await fetchModels(snapshot, settings, {
    ...{ model, branch: wish.branch, part: folder },
  });

  const places = placesOf(model, paths);
  // Without the `/` at its end.
  const edge = join(folder, places.edge, ".");
  const [found] = await modelsInFolder(edge);
  const manifest = found?.published?.manifest;
  if (!found || !manifest) throw doubtful(model, fetched.doubts);

  const inputs = await objectsBelow(snapshot, [paths.model]);
  const other = await fetchInputs(snapshot, manifest, { inputs, folder });
  const proof = await proofOf(found, { snapshot, other, witnesses });
  const doubts = [...fetched.doubts, ...proof.doubts];
  if (doubts.length > 0) throw doubtful(model, doubts);

  const own = ownFiles(manifest, inputs, wish, paths.model);
  await fetchExtra(snapshot, own, { manifest, inputs, folder });
  const beside = await filesBelow(edge);
  const names = releaseNames({
    ...{ manifest, places, own, name: wish.name },
    there: new Set(beside.map((file) => places.edge + file)),
  });

  const files = await localFiles(names, folder);

  const evidence = join(folder, places.evidence, ".");

  return {
    ...{ manifest, edge, evidence, files },
    origin: proof.proved?.origin ?? null,
  };
}

/** Where nobody can be asked who made it, the files are at least what the manifest lists: they were hashed on their way. */
async function proofOf(
  found: FoundModel,
  {
    snapshot,
    other,
    witnesses,
  }: { snapshot: Snapshot; other: string[]; witnesses: Witnesses },
): Promise<Pick<ModelProof, "doubts" | "proved">> {
  if (witnesses.keys.length === 0 && !witnesses.publisher) {
    const changed = `${OTHER_INPUTS}: ${other.join(", ")}`;
    return { doubts: other.length > 0 ? [changed] : [], proved: null };
  }

  return proveModel(
    { ...found, snapshot: snapshot.id, otherInputs: async () => other },
    witnesses,
  );
}

/** Paths of inputs that are not what the manifest says. */
async function fetchInputs(
  snapshot: Snapshot,
  { inputs: listed }: Manifest,
  { inputs, folder }: Fetching,
): Promise<string[]> {
  const got = await snapshot.download(listedNow(listed, inputs), folder);
  const hashes = new Map(got.map((file) => [file.path, file.sha256]));

  return listed
    .filter(({ path, sha256 }) => hashes.get(path) !== sha256)
    .map(({ path }) => path);
}

interface Fetching {
  /** Objects below `model/`, by path. */
  inputs: ReadonlyMap<string, StoreObject>;
  folder: string;
}

/** Paths of the files of `model/<name>/` that belong to the release, by path relative to that folder. */
function ownFiles(
  manifest: Manifest,
  inputs: ReadonlyMap<string, StoreObject>,
  { model, extra, samples }: Pick<CollectWish, "model" | "extra" | "samples">,
  modelPath: string,
): Map<string, string> {
  const prefixes = [`${modelPath}/${model}/`, `${modelPath}/`];
  const inFolder = (path: string) => {
    const prefix = prefixes.find((each) => path.startsWith(each)) ?? "";
    return path.slice(prefix.length);
  };
  const isSample = picomatch([...samples, "samples/**"]);
  const isExtra = picomatch(Object.values(extra));
  const proved = manifest.inputs
    .map(({ path }) => path)
    .filter((path) => !isSample(inFolder(path)));
  const more = [...inputs.keys()].filter((path) => isExtra(inFolder(path)));

  return new Map([...proved, ...more].map((path) => [inFolder(path), path]));
}

/** Those that the manifest does not list: a training's log, which no verdict is about. */
async function fetchExtra(
  snapshot: Snapshot,
  own: ReadonlyMap<string, string>,
  { manifest, inputs, folder }: Fetching & { manifest: Manifest },
): Promise<void> {
  const listed = new Set(manifest.inputs.map(({ path }) => path));
  const more = [...own.values()].filter((path) => !listed.has(path));

  await snapshot.download(
    listedNow(
      more.map((path) => ({ path })),
      inputs,
    ),
    folder,
  );
}

async function localFiles(
  names: ReadonlyMap<string, string>,
  folder: string,
): Promise<LocalFile[]> {
  const files: LocalFile[] = [];
  for (const [name, path] of names) {
    const file = join(folder, path);
    const { size } = await stat(file);
    files.push({ name, file, size, sha256: await hashFile(file) });
  }

  return files;
}

function doubtful(model: string, doubts: readonly string[]): CheckFailed {
  return new CheckFailed(
    `${model} is not promoted: ${doubts.join("; ") || "its manifest.json is damaged"}`,
    {
      code: "release-not-proved",
      hint: "run the pipeline of the branch again, so that it publishes what lies there now, and promote that",
    },
  );
}
