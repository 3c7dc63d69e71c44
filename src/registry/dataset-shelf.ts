import { hashBytes } from "../disk/hash-file.ts";
import { parseDocument, toJson } from "../document/document.ts";
import { inParallel } from "../store/parallel.ts";
import { claim, foreign, SMALL, writeOnce } from "./claim.ts";
import { DATASET_FILE, type Dataset, datasetClaimKey } from "./dataset.ts";
import type { ObjectPlace } from "./object-place.ts";
import { restoreFiles, writtenBelow } from "./restore-files.ts";
import type { DatasetOutcome, DatasetShelf, LocalFile } from "./target.ts";

/** Labels are many small files. */
const WIDTH = 8;

/** Data sets as objects in AWML's layout: of a bucket, or of a folder. */
export function datasetShelf(place: ObjectPlace): DatasetShelf {
  return {
    read: (path) => readDataset(place, path),
    put: (dataset, files) => putDataset(place, dataset, files),
    link: (path) => `${place.url.replace(/\/+$/, "")}/${path}/`,
  };
}

/** The claim first, `dataset.json` last: as a version of a model is written. */
async function putDataset(
  place: ObjectPlace,
  dataset: Dataset,
  files: readonly LocalFile[],
): Promise<DatasetOutcome> {
  const { path, digest } = dataset;
  const there = await readDataset(place, path);
  if (there) return compared(place, there, { dataset, files });

  const claimed = await claim(place, datasetClaimKey(path), digest);
  if (claimed !== null) return { status: "claimed", digest: claimed };

  await inParallel(files, WIDTH, ({ name, ...source }) =>
    writeOnce(place, `${path}/${name}`, source),
  );

  const bytes = Buffer.from(toJson(dataset));
  const key = `${path}/${DATASET_FILE}`;
  const source = { bytes, sha256: hashBytes(bytes) };
  if ((await place.create(key, source)) === "created") return { status: "put" };

  const other = await readDataset(place, path);
  if (other) return compared(place, other, { dataset, files });
  throw foreign(place, key);
}

async function readDataset(
  place: ObjectPlace,
  path: string,
): Promise<Dataset | null> {
  const key = `${path}/${DATASET_FILE}`;
  const found = await place.read(key, SMALL);
  if (!found) return null;

  const text = Buffer.from(found.bytes).toString("utf8");
  const where = `${place.url}: ${key}`;
  return (await parseDocument(text, where, "dataset")) as Dataset;
}

/** Of the same files, those that somebody removed are put back. */
async function compared(
  place: ObjectPlace,
  there: Dataset,
  { dataset, files }: { dataset: Dataset; files: readonly LocalFile[] },
): Promise<DatasetOutcome> {
  if (there.digest !== dataset.digest)
    return { status: "other", dataset: there };

  const written = there.files;
  const below = writtenBelow(place, `${there.path}/`);
  const isRestored = await restoreFiles(below, { written, files });

  return isRestored ? { status: "put" } : { status: "there", dataset: there };
}
