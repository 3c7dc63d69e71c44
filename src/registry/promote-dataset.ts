import { CheckFailed, UsageError } from "../errors.ts";
import type { Dataset, DatasetPromotion } from "./dataset.ts";
import type { DatasetShelf, LocalFile, RegistryTarget } from "./target.ts";

/** Files of a difference that a message names. */
const NAMED = 10;

/**
 * Writes a data set to a registry. The same files again are "there". Throws `CheckFailed` where other files are there, and
 * `UsageError` where another promotion is in the way, or where the registry has no place for data sets.
 */
export async function promoteDataset(
  target: RegistryTarget,
  dataset: Dataset,
  files: readonly LocalFile[],
  { dryRun }: { dryRun: boolean },
): Promise<DatasetPromotion> {
  const shelf = shelfOf(target);
  const done = (status: DatasetPromotion["status"]): DatasetPromotion => ({
    ...{ kind: "dataset-promotion", version: 1, status, registry: target.url },
    ...{ path: dataset.path, digest: dataset.digest },
    ...{ link: shelf.link(dataset.path), files: dataset.files },
  });
  if (dryRun) {
    const there = await shelf.read(dataset.path);
    if (there && there.digest !== dataset.digest)
      throw otherFiles(target, dataset, there);
    return done("planned");
  }

  const outcome = await shelf.put(dataset, files);
  if (outcome.status === "claimed") throw claimed(target, dataset, outcome);
  if (outcome.status === "other")
    throw otherFiles(target, dataset, outcome.dataset);

  return done(outcome.status === "put" ? "promoted" : "there");
}

/** The registry's place for data sets. Throws `UsageError` where it has none. */
export function shelfOf({
  url,
  datasets,
}: Pick<RegistryTarget, "url" | "datasets">): DatasetShelf {
  if (datasets) return datasets;

  throw new UsageError(`${url} has no place for data sets`, {
    code: "registry-unknown",
    hint: "write `info/` and `auto_label/` to s3://BUCKET/PREFIX or file:///FOLDER",
  });
}

function claimed(
  { url }: RegistryTarget,
  { path, digest }: Dataset,
  { digest: theirs }: { digest: string },
): UsageError {
  return new UsageError(
    `${url}: another promotion began ${path} with other files (${short(theirs)}, ours ${short(digest)})`,
    {
      code: "release-claimed",
      hint: "if it still runs, wait for it; if it died, promote its folder again, or choose another name",
    },
  );
}

function otherFiles(
  { url }: RegistryTarget,
  ours: Dataset,
  there: Dataset,
): CheckFailed {
  const hashes = ({ files }: Dataset) =>
    new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const [theirs, own] = [hashes(there), hashes(ours)];
  const different = [...new Set([...theirs.keys(), ...own.keys()])]
    .sort()
    .filter((name) => theirs.get(name) !== own.get(name))
    .map(
      (name) =>
        `${name} (there ${short(theirs.get(name))}, ours ${short(own.get(name))})`,
    );
  const more =
    different.length > NAMED ? `, and ${different.length - NAMED} more` : "";

  return new CheckFailed(
    `${url}: ${ours.path} is there with other files: ${different.slice(0, NAMED).join(", ")}${more}`,
    {
      code: "release-exists",
      hint: "a data set is never overwritten: choose another version, set, day or name",
    },
  );
}

function short(sha256: string | undefined): string {
  return sha256?.slice(0, 12) ?? "missing";
}
