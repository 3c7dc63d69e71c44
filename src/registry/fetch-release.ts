import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hashFile } from "../disk/hash-file.ts";
import { UsageError } from "../errors.ts";
import { GOLDEN_FILE, LABEL_FILE } from "../model/layout.ts";
import { readOnnx } from "../onnx/read-onnx.ts";
import { advice } from "../text/nearest.ts";
import type { Release, ReleaseFile } from "./release.ts";
import type { ReleasePlace } from "./release-place.ts";
import type { RegistryTarget } from "./target.ts";

/** Files that say what a model is and computes; the weights beside its graph are named in the graph. */
const WANTED = new Set(["contract.json", GOLDEN_FILE, LABEL_FILE]);

/**
 * Brings the files of a version that tell what it computes into a folder, each with the sha256 of `release.json`, and
 * returns the version. Throws `UsageError` where there is no such version, or a file is not what was promoted.
 */
export async function fetchRelease(
  target: RegistryTarget,
  place: ReleasePlace,
  folder: string,
): Promise<Release> {
  const release = await named(target, place);
  const fetch = async (file: ReleaseFile) => {
    const path = join(folder, file.name);
    await mkdir(dirname(path), { recursive: true });
    const isThere = await target.download(release, file.name, path);
    if (!isThere || (await hashFile(path)) !== file.sha256)
      throw damaged(target, release, file, isThere);

    return path;
  };

  for (const file of release.files) {
    const { name } = file;
    const isModel = name.endsWith(".onnx") && !name.includes("/");
    if (isModel || WANTED.has(name) || name.endsWith(".param.yaml"))
      await fetch(file);
    if (!isModel) continue;

    const { initializers } = await readOnnx(join(folder, name));
    const beside = new Set(
      initializers.map(({ external }) => external?.location ?? ""),
    );
    for (const weights of release.files)
      if (beside.has(weights.name)) await fetch(weights);
  }

  return release;
}

async function named(
  target: RegistryTarget,
  { model, version }: ReleasePlace,
): Promise<Release> {
  const direct = await target.read(model, version);
  if (direct) return direct;

  const alias = await target.alias(model, version);
  const release = alias && (await target.read(model, alias.release));
  if (release) return release;

  const known = [
    ...(await target.versions(model)),
    ...(await target.aliases(model)),
  ];
  throw new UsageError(
    `${target.url} has no version or alias ${version} of ${model.algorithm}/${model.name}`,
    {
      code: "release-missing",
      hint:
        known.length > 0
          ? advice(version, known)
          : "look for its algorithm and name with `model-to-edge catalogue`",
    },
  );
}

function damaged(
  target: RegistryTarget,
  { name, release }: Release,
  file: ReleaseFile,
  isThere: boolean,
): UsageError {
  const what = isThere
    ? "does not have the sha256 that was promoted"
    : "is gone";
  return new UsageError(
    `${target.url}: ${file.name} of ${name} ${release} ${what}`,
    {
      code: "release-damaged",
      hint: "look who changed it; promote the model again as a new version",
    },
  );
}
