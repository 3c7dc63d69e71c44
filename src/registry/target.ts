import type { Dataset } from "./dataset.ts";
import type { ModelKey, Release } from "./release.ts";

/** A file on this machine, for a release. */
export interface LocalFile {
  /** Its name in the version's folder; a `/` makes folders. */
  name: string;
  /** Absolute path. */
  file: string;
  size: number;
  sha256: string;
}

export type PutOutcome =
  /** `release`: as it was written, where another version of this program had begun it, or files of it were put back. */
  | { status: "put"; release?: Release }
  /** The same model is there under this version. */
  | { status: "there"; release: Release }
  /** The version is there with other bytes: it is never overwritten. */
  | { status: "other"; release: Release }
  /** Somebody began the version with other bytes, and did not finish (yet). */
  | { status: "claimed"; digest: string };

export interface Alias {
  /** The version that it names. */
  release: string;
  /** Those that it named before, the newest first, at most ten. */
  before: string[];
}

/** Small texts beside a version, which change after it was written: what became of it. */
export interface VersionNotes {
  /** Null where there is none. */
  read(place: NotePlace): Promise<string | null>;
  /** Changes a note that is still as `was` (null: missing); false where somebody changed it meanwhile. */
  write(
    place: NotePlace,
    change: { was: string | null; is: string },
  ): Promise<boolean>;
}

export interface NotePlace {
  model: ModelKey;
  release: string;
  /** Lower case letters, digits and dashes. */
  name: string;
}

/** A server's own pages for models, beside the registry. */
export interface ModelPages {
  /** `GitLab's model registry`. */
  name: string;
  /** Shows a version that is there, with the files that a program loads. May be called again. */
  show(release: Release, files: readonly LocalFile[]): Promise<ShowOutcome>;
}

export type ShowOutcome =
  | { status: "shown"; link: string }
  /** `why`: in words. */
  | { status: "left out"; why: string };

export type DatasetOutcome =
  | { status: "put" }
  /** The same files are there. */
  | { status: "there"; dataset: Dataset }
  /** Other files are there: they are never overwritten. */
  | { status: "other"; dataset: Dataset }
  /** Somebody began it with other files, and did not finish (yet). */
  | { status: "claimed"; digest: string };

/** Data sets in AWML's layout, `info/` and `auto_label/`. */
export interface DatasetShelf {
  /** Null where it is not there, or not whole. */
  read(path: string): Promise<Dataset | null>;
  /** Writes a data set, its `dataset.json` last. May be called again after any failure. Nothing that is there is overwritten. */
  put(dataset: Dataset, files: readonly LocalFile[]): Promise<DatasetOutcome>;
  /** An address for people. */
  link(path: string): string;
}

/** A registry of releases. Adding one is a file, a line in `open-target.ts`, and a line in the conformance test. */
export interface RegistryTarget {
  /** As the user wrote it, without credentials. */
  readonly url: string;
  /**
   * Throws `UsageError` or `ExternalError` where releases cannot be written here. `singleWriter`: the user vouches that
   * nobody else writes, which a server without conditional writes needs.
   */
  verify(options: { singleWriter: boolean }): Promise<void>;
  /** All models that have a version, in order. */
  models(): Promise<ModelKey[]>;
  /** Versions that are whole, in no order. */
  versions(model: ModelKey): Promise<string[]>;
  /** Null where the version is not there, or not whole. */
  read(model: ModelKey, release: string): Promise<Release | null>;
  /**
   * Writes a version; its `release.json` last, so that it is there whole or not at all. May be called again after any
   * failure. Objects of the model that somebody removed are put back; nothing that is there is overwritten.
   */
  put(release: Release, files: readonly LocalFile[]): Promise<PutOutcome>;
  /** Streams a file of a version into a new local one; false where it is not there. Whoever asks proves the bytes. */
  download(
    version: ModelKey & { release: string },
    name: string,
    path: string,
  ): Promise<boolean>;
  /** Names of all aliases of a model, in order. */
  aliases(model: ModelKey): Promise<string[]>;
  alias(model: ModelKey, name: string): Promise<Alias | null>;
  /** Changes an alias that is still as `was`; false where somebody changed it meanwhile. */
  setAlias(
    model: ModelKey,
    name: string,
    change: { was: Alias | null; is: Alias },
  ): Promise<boolean>;
  /** Absent where the registry cannot keep any. */
  readonly notes?: VersionNotes;
  /** Absent where the server has no such pages, or where nothing may be written to them. */
  readonly pages?: ModelPages;
  /** A page or an address for people. */
  link(model: ModelKey, release: string): string;
  /** Null where the registry has no place for data sets. */
  datasets: DatasetShelf | null;
  close(): Promise<void>;
}
