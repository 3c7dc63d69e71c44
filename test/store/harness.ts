import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { nameDraft } from "../../src/store/draft-name.ts";
import type {
  Draft,
  DraftRef,
  EdgeChange,
  PublishOutcome,
  Snapshot,
  Store,
  StoredFile,
  StoreObject,
} from "../../src/store/store.ts";

/** A store with a branch `main`, and what a person does to it by other means. */
export interface StoreUnderTest {
  store: Store;
  /** The same store, as another process opens it; closed by who asks. */
  opened(): Promise<Store>;
  /** Writes (null: deletes) files on a branch as a person would, finished: lakeFS commits. */
  write(
    branch: string,
    files: Record<string, string | Uint8Array | null>,
  ): Promise<void>;
  close(): Promise<void>;
}

export const options = { message: "Publish", metadata: { job: "1" } };

/** What tests of stores start from; filled anew before each test. */
export interface StoreHarness<T extends StoreUnderTest = StoreUnderTest> {
  under: T;
  store: Store;
  /** A fresh path of ours. */
  place(): string;
  /** A folder of ours with these files. */
  folder(files: Record<string, string | Uint8Array>): Promise<string>;
  newDraft(branch?: string): Promise<{ draft: Draft; ref: DraftRef }>;
  /** A whole publication: files below `edge/a/`, removals, and small files written. */
  publish(
    files: Record<string, string>,
    remove?: string[],
    write?: Record<string, string>,
  ): Promise<PublishOutcome>;
}

/** Registers the hooks; each test gets a fresh store with one model on `main`. */
export function useStore<T extends StoreUnderTest>(
  make: () => Promise<T>,
): StoreHarness<T> {
  let work = "";
  let count = 0;
  const at = {
    place: () => join(work, `p${count++}`),
    async folder(files) {
      const made = at.place();
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(made, name)), { recursive: true });
        await writeFile(join(made, name), content);
      }
      return made;
    },
    async newDraft(branch = "main") {
      const base = (await at.store.head(branch)) ?? "";
      const unique = `${count++}`.padStart(8, "0");
      const ref = nameDraft({
        branch,
        base,
        owner: "pipeline 7",
        now: new Date(),
        unique,
      });
      return { draft: at.store.draft(ref), ref };
    },
    async publish(files, remove = [], write = {}) {
      const { draft } = await at.newDraft();
      const keep = await draft.put(
        await at.folder(files),
        Object.keys(files),
        "edge/a/",
      );
      const outcome = await draft.publish(
        [],
        () => ({ keep, remove, write: bytesOf(write) }),
        options,
      );
      await draft.discard();
      return outcome;
    },
  } as StoreHarness<T>;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "stores-"));
  });
  beforeEach(async () => {
    at.under = await make();
    at.store = at.under.store;
    await at.under.write("main", {
      "model/a/config.py": "x = 1\n",
      "model/a/w.pth": "weights",
    });
    return () => at.under.close();
  });
  afterAll(() => rm(work, { recursive: true, force: true }));
  return at;
}

/** A change of a publication: what is kept, what is written, what is removed. */
export function edgeChange(
  keep: StoredFile[],
  write: Record<string, string> = {},
  remove: string[] = [],
): EdgeChange {
  return { keep, remove, write: bytesOf(write) };
}

/** A draft for `main` with one file at `edge/a/m`. */
export async function stagedFile(
  at: Pick<StoreHarness, "newDraft" | "folder">,
  content = "1",
) {
  const { draft, ref } = await at.newDraft();
  const folder = await at.folder({ m: content });
  const keep = await draft.put(folder, ["m"], "edge/a/");
  return { draft, ref, keep };
}

export function bytesOf(
  write: Record<string, string>,
): Map<string, Uint8Array> {
  return new Map(
    Object.entries(write).map(([path, text]) => [path, Buffer.from(text)]),
  );
}

export async function textAt(
  snapshot: Snapshot,
  path: string,
): Promise<string | null> {
  const bytes = await snapshot.read(path, 1 << 20);
  return bytes && Buffer.from(bytes).toString();
}

export async function objectsOf(
  snapshot: Snapshot,
  prefix: string,
): Promise<StoreObject[]> {
  const objects: StoreObject[] = [];
  for await (const object of snapshot.list(prefix)) objects.push(object);
  return objects;
}

export async function pathsOf(
  snapshot: Snapshot,
  prefix: string,
): Promise<string[]> {
  return (await objectsOf(snapshot, prefix)).map(({ path }) => path);
}

export async function allDrafts(
  store: Store,
): Promise<(DraftRef & { createdAt: Date })[]> {
  const drafts: (DraftRef & { createdAt: Date })[] = [];
  for await (const draft of store.drafts()) drafts.push(draft);
  return drafts;
}
