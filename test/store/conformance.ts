import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { nameDraft } from "../../src/store/draft-name.ts";
import type { Compose, Draft, DraftRef, Snapshot, Store, StoreObject } from "../../src/store/store.ts";

/** A store with a branch `main`, and what a person does to it by other means. */
export interface StoreUnderTest {
  store: Store;
  /** Writes (null: deletes) files on a branch as a person would, finished: lakeFS commits. */
  write(branch: string, files: Record<string, string | Uint8Array | null>): Promise<void>;
  close(): Promise<void>;
}

const options = { message: "Publish", metadata: { job: "1" } };
const names = ["a b.txt", "ü😀.bin", "hash#1.txt", "plus+1.txt", "per%cent.txt", "%41.txt", "q?&='\".txt", "deep/er/x"];

/** The behaviour that every store owes; each test gets a fresh store. */
export function storeConformance(title: string, make: () => Promise<StoreUnderTest>): void {
  describe(`a store: ${title}`, () => {
    let work: string;
    let under: StoreUnderTest;
    let store: Store;
    let count = 0;
    beforeAll(async () => {
      work = await mkdtemp(join(tmpdir(), "conformance-"));
    });
    beforeEach(async () => {
      under = await make();
      store = under.store;
      await under.write("main", { "model/a/config.py": "x = 1\n", "model/a/w.pth": "weights" });
      return () => under.close();
    });
    afterAll(() => rm(work, { recursive: true }));

    /** A folder of ours with these files. */
    async function folder(files: Record<string, string | Uint8Array>): Promise<string> {
      const made = join(work, `f${count++}`);
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(made, name)), { recursive: true });
        await writeFile(join(made, name), content);
      }
      return made;
    }
    async function newDraft(branch = "main"): Promise<{ draft: Draft; ref: DraftRef }> {
      const base = (await store.head(branch)) ?? "";
      const unique = `${count++}`.padStart(8, "0");
      const ref = nameDraft({ branch, base, owner: "pipeline 7", now: new Date(), unique });
      return { draft: store.draft(ref), ref };
    }
    async function publish(files: Record<string, string>, remove: string[] = [], write: Record<string, string> = {}) {
      const { draft } = await newDraft();
      const keep = await draft.put(await folder(files), Object.keys(files), "edge/a/");
      const outcome = await draft.publish([], () => ({ keep, remove, write: bytesOf(write) }), options);
      await draft.discard();
      return outcome;
    }
    const bytesOf = (write: Record<string, string>) =>
      new Map(Object.entries(write).map(([path, text]) => [path, Buffer.from(text)]));

    test("verifies, and knows which branches there are", async () => {
      await store.verify();
      expect(await store.head("main")).toEqual(expect.any(String));
      expect(await store.head("nobody")).toBeNull();
      await expect(store.snapshot("nobody")).rejects.toMatchObject({ exitCode: 2, code: "branch-missing" });
    });

    test("makes a branch from another, with what it holds", async () => {
      await store.createBranch("feature--x", "main");
      expect(await pathsOf(await store.snapshot("feature--x"), "model/")).toEqual([
        "model/a/config.py",
        "model/a/w.pth",
      ]);
      await expect(store.createBranch("y", "nobody")).rejects.toMatchObject({ exitCode: 2 });
    });

    test("lists in byte order, by any prefix, and reads back every name", async () => {
      await under.write("main", Object.fromEntries(names.map((name) => [`model/n/${name}`, `content of ${name}`])));
      const snapshot = await store.snapshot("main");
      const expected = names
        .map((name) => `model/n/${name}`)
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await pathsOf(snapshot, "model/n/")).toEqual(expected);
      expect(await pathsOf(snapshot, "model/n/deep")).toEqual(["model/n/deep/er/x"]);
      expect(await pathsOf(snapshot, "model/n/nothing")).toEqual([]);
      const target = join(work, `d${count++}`);
      const files = await snapshot.download(await objectsOf(snapshot, "model/n/"), target);
      expect(files.map(({ path }) => path)).toEqual(expected);
      for (const name of names) {
        expect(await readFile(join(target, "model/n", name), "utf8")).toBe(`content of ${name}`);
        expect(Buffer.from((await snapshot.read(`model/n/${name}`, 100)) ?? "").toString()).toBe(`content of ${name}`);
      }
    });

    test("reads small files, null where there is none, and refuses larger ones than asked for", async () => {
      const snapshot = await store.snapshot("main");
      expect(Buffer.from((await snapshot.read("model/a/w.pth", 7)) ?? "").toString()).toBe("weights");
      expect(await snapshot.read("model/a", 7)).toBeNull();
      expect(await snapshot.read("model/a/none", 7)).toBeNull();
      await expect(snapshot.read("model/a/w.pth", 6)).rejects.toThrow(/larger than 6 bytes/);
    });

    test("downloads under other names, with sha256 and progress, and refuses names outside the folder", async () => {
      const snapshot = await store.snapshot("main");
      const objects = await objectsOf(snapshot, "model/a/");
      const target = join(work, `d${count++}`);
      let seen = 0;
      const progress = (bytes: number) => {
        seen += bytes;
      };
      const files = await snapshot.download(objects, target, {
        rename: (path) => path.slice("model/a/".length),
        progress,
      });
      expect(await readFile(join(target, "w.pth"), "utf8")).toBe("weights");
      expect(files[1]).toEqual({
        ...objects[1],
        sha256: "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c",
      });
      expect(seen).toBe(13);
      const outside = snapshot.download(objects, target, { rename: () => "../out" });
      await expect(outside).rejects.toMatchObject({ exitCode: 2, code: "unsafe-path" });
    });

    test("gives equal tokens to what was not written, and another to what was", async () => {
      const before = await objectsOf(await store.snapshot("main"), "model/");
      expect(await objectsOf(await store.snapshot("main"), "model/")).toEqual(before);
      await under.write("main", { "model/a/w.pth": "WEIGHTS" });
      const after = await objectsOf(await store.snapshot("main"), "model/");
      expect(after[0]).toEqual(before[0]);
      expect(after[1]?.token).not.toBe(before[1]?.token);
    });

    test("publishes in one step: nothing is seen before, all after, unpublished files of the draft never", async () => {
      const { draft } = await newDraft();
      const keep = await draft.put(await folder({ "m.onnx": "onnx", "x.json": "{}" }), ["m.onnx", "x.json"], "edge/a/");
      expect(await pathsOf(await store.snapshot("main"), "edge/")).toEqual([]);
      const outcome = await draft.publish(
        ["edge/a/manifest.json"],
        (target) => {
          expect([...target.pointers]).toEqual([["edge/a/manifest.json", null]]);
          expect(target.exists("edge/a/m.onnx")).toBe(false);
          return {
            keep: keep.slice(0, 1),
            remove: [],
            write: bytesOf({ "edge/a/manifest.json": "M", "evidence/a/v": "V" }),
          };
        },
        options,
      );
      await draft.discard();
      expect(outcome).toEqual({ status: "published", commit: await store.head("main") });
      const snapshot = await store.snapshot("main");
      expect(await pathsOf(snapshot, "edge/")).toEqual(["edge/a/m.onnx", "edge/a/manifest.json"]);
      expect(await pathsOf(snapshot, "evidence/")).toEqual(["evidence/a/v"]);
      expect(await pathsOf(snapshot, "")).toHaveLength(5);
      expect((await objectsOf(snapshot, "edge/"))[0]).toEqual({
        path: "edge/a/m.onnx",
        size: 4,
        token: keep[0]?.token,
      });
      const [file] = await snapshot.download(await objectsOf(snapshot, "edge/a/m.onnx"), join(work, `d${count++}`));
      expect(file).toEqual(keep[0]);
      expect(await allDrafts(store)).toEqual([]);
    });

    test("hands the current pointers to compose, and removes what it names", async () => {
      await publish({ "old.onnx": "1" }, [], { "edge/a/manifest.json": "first" });
      const { draft } = await newDraft();
      const compose: Compose = (target) => {
        expect(Buffer.from(target.pointers.get("edge/a/manifest.json") ?? "").toString()).toBe("first");
        expect(target.exists("edge/a/old.onnx")).toBe(true);
        return {
          keep: [],
          remove: ["edge/a/old.onnx", "edge/a/never-there"],
          write: bytesOf({ "edge/a/manifest.json": "second" }),
        };
      };
      expect((await draft.publish(["edge/a/manifest.json"], compose, options)).status).toBe("published");
      await draft.discard();
      expect(await pathsOf(await store.snapshot("main"), "edge/")).toEqual(["edge/a/manifest.json"]);
    });

    test("leaves all as it is where compose says so, or where the target already holds the same", async () => {
      await publish({ "m.onnx": "1" });
      const head = await store.head("main");
      expect(await publish({ "m.onnx": "1" })).toEqual({ status: "unchanged", commit: head });
      const { draft } = await newDraft();
      expect(await draft.publish([], () => null, options)).toEqual({ status: "unchanged", commit: head });
      await draft.discard();
      expect(await store.head("main")).toBe(head);
      expect(await allDrafts(store)).toEqual([]);
    });

    test("keeps files that others put under edge", async () => {
      await publish({ "m.onnx": "1" });
      await under.write("main", { "edge/README.txt": "foreign" });
      await publish({ "m.onnx": "2" }, [], { "evidence/a/v": "V" });
      const snapshot = await store.snapshot("main");
      expect(await pathsOf(snapshot, "edge/")).toEqual(["edge/README.txt", "edge/a/m.onnx"]);
      expect(Buffer.from((await snapshot.read("edge/README.txt", 100)) ?? "").toString()).toBe("foreign");
    });

    test("shows an old snapshot what it showed, after a publication", async () => {
      await publish({ "m.onnx": "1" });
      const id = (await store.head("main")) ?? "";
      await publish({ "m.onnx": "2" });
      const old = await store.snapshot("main", id);
      expect(old.id).toBe(id);
      expect(Buffer.from((await old.read("edge/a/m.onnx", 10)) ?? "").toString()).toBe("1");
      expect(await store.isAncestor(id, (await store.head("main")) ?? "")).toBe(true);
      expect(await store.isAncestor((await store.head("main")) ?? "", id)).toBe(false);
    });

    test("publishes two drafts of one base one after the other, both with their files", async () => {
      const [one, two] = [await newDraft(), await newDraft()];
      const keepOne = await one.draft.put(await folder({ m: "1" }), ["m"], "edge/one/");
      const keepTwo = await two.draft.put(await folder({ m: "2" }), ["m"], "edge/two/");
      const change = (keep: typeof keepOne) => () => ({ keep, remove: [], write: new Map() });
      const outcomes = await Promise.all([
        one.draft.publish([], change(keepOne), options),
        two.draft.publish([], change(keepTwo), options),
      ]);
      await Promise.all([one.draft.discard(), two.draft.discard()]);
      expect(outcomes.map(({ status }) => status)).toEqual(["published", "published"]);
      expect(await pathsOf(await store.snapshot("main"), "edge/")).toEqual(["edge/one/m", "edge/two/m"]);
    });

    test("lists drafts with age and owner, and discards them more than once", async () => {
      const { draft, ref } = await newDraft();
      expect(await allDrafts(store)).toEqual([]);
      await draft.put(await folder({ m: "1" }), ["m"], "edge/a/");
      await draft.put(await folder({ m: "1" }), ["m"], "edge/a/");
      expect(await allDrafts(store)).toMatchObject([{ id: ref.id, branch: "main", owner: "pipeline 7" }]);
      const age = Date.now() - Number((await allDrafts(store))[0]?.createdAt);
      expect(age).toBeGreaterThanOrEqual(0);
      expect(age).toBeLessThan(60_000);
      await draft.discard();
      await draft.discard();
      expect(await allDrafts(store)).toEqual([]);
    });

    test("publishes from another process, which has only the draft's name", async () => {
      const { draft, ref } = await newDraft();
      const keep = await draft.put(await folder({ m: "1" }), ["m"], "edge/a/");
      const again = store.draft(JSON.parse(JSON.stringify(ref)));
      expect((await again.publish([], () => ({ keep, remove: [], write: new Map() }), options)).status).toBe(
        "published",
      );
      await again.discard();
      expect(await pathsOf(await store.snapshot("main"), "edge/")).toEqual(["edge/a/m"]);
    });

    test("gives people a command that fetches what was published", async () => {
      await publish({ "m.onnx": "1" });
      expect(store.fetchCommand((await store.head("main")) ?? "", "edge/")).toMatch(/edge/);
    });
  });
}

export async function objectsOf(snapshot: Snapshot, prefix: string): Promise<StoreObject[]> {
  const objects: StoreObject[] = [];
  for await (const object of snapshot.list(prefix)) objects.push(object);
  return objects;
}

export async function pathsOf(snapshot: Snapshot, prefix: string): Promise<string[]> {
  return (await objectsOf(snapshot, prefix)).map(({ path }) => path);
}

export async function allDrafts(store: Store): Promise<(DraftRef & { createdAt: Date })[]> {
  const drafts: (DraftRef & { createdAt: Date })[] = [];
  for await (const draft of store.drafts()) drafts.push(draft);
  return drafts;
}
