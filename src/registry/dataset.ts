import { hashBytes } from "../disk/hash-file.ts";
import type { ReleaseFile } from "./release.ts";

/** `dataset.json`: the last file of a data set to be written; a folder without it is none. */
export interface Dataset {
  kind: "dataset";
  version: 1;
  /** In the registry, without a `/` at its end: `info/v0.3.0/base`, `auto_label/20241101_xx1`. */
  path: string;
  /** sha256 over the names and hashes of the files. */
  digest: string;
  files: ReleaseFile[];
}

/** `dataset-promotion.json`: what a promotion of a data set did. */
export interface DatasetPromotion {
  kind: "dataset-promotion";
  version: 1;
  /** `planned`: with `--dry-run`, nothing was written. `there`: the same files are there. */
  status: "promoted" | "there" | "planned";
  /** The registry's URL, without credentials. */
  registry: string;
  path: string;
  digest: string;
  /** Where it lies, for people. */
  link: string;
  files: ReleaseFile[];
}

/** The file that makes a folder a data set. */
export const DATASET_FILE = "dataset.json";

/** The files of `info/`, all of them. */
export const INFO_FILES = ["info_test.pkl", "info_train.pkl", "info_val.pkl"];

/** Which files a data set has, or will have: `info/.claims/v0.3.0/base.json`, beside the folders that AWML expects. */
export function datasetClaimKey(path: string): string {
  const [kind, ...rest] = path.split("/");
  return `${kind}/.claims/${rest.join("/")}.json`;
}

export function datasetOf(
  path: string,
  files: readonly ReleaseFile[],
): Dataset {
  const listed = files
    .map(({ name, size, sha256 }) => ({ name, size, sha256 }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const lines = listed.map(({ name, sha256 }) => `${sha256}  ${name}\n`);

  return {
    ...{ kind: "dataset", version: 1, path },
    ...{ digest: hashBytes(lines.join("")), files: listed },
  };
}
