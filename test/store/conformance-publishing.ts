import { expect, test } from "vitest";
import type { Compose } from "../../src/store/store.ts";
import {
  allDrafts,
  bytesOf,
  objectsOf,
  options,
  pathsOf,
  type StoreHarness,
  textAt,
} from "./harness.ts";

/** What every store owes to those who publish. */
export function publishingConformance(at: StoreHarness): void {
  test("publishes in one step: nothing is seen before, all after, unpublished files of the draft never", async () => {
    const { draft } = await at.newDraft();
    const keep = await draft.put(
      await at.folder({ "m.onnx": "onnx", "x.json": "{}" }),
      ["m.onnx", "x.json"],
      "edge/a/",
    );
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([]);
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
    expect(outcome).toEqual({
      status: "published",
      commit: await at.store.head("main"),
    });
    const snapshot = await at.store.snapshot("main");
    expect(await pathsOf(snapshot, "edge/")).toEqual([
      "edge/a/m.onnx",
      "edge/a/manifest.json",
    ]);
    expect(await pathsOf(snapshot, "evidence/")).toEqual(["evidence/a/v"]);
    expect(await pathsOf(snapshot, "")).toHaveLength(5);
    expect((await objectsOf(snapshot, "edge/"))[0]).toEqual({
      path: "edge/a/m.onnx",
      size: 4,
      token: keep[0]?.token,
    });
    const [file] = await snapshot.download(
      await objectsOf(snapshot, "edge/a/m.onnx"),
      at.place(),
    );
    expect(file).toEqual(keep[0]);
    expect(await allDrafts(at.store)).toEqual([]);
  });

  test("hands the current pointers to compose, and removes what it names", async () => {
    await at.publish({ "old.onnx": "1" }, [], {
      "edge/a/manifest.json": "first",
    });
    const { draft } = await at.newDraft();
    const compose: Compose = (target) => {
      expect(
        Buffer.from(
          target.pointers.get("edge/a/manifest.json") ?? "",
        ).toString(),
      ).toBe("first");
      expect(target.exists("edge/a/old.onnx")).toBe(true);
      return {
        keep: [],
        remove: ["edge/a/old.onnx", "edge/a/never-there"],
        write: bytesOf({ "edge/a/manifest.json": "second" }),
      };
    };
    expect(
      (await draft.publish(["edge/a/manifest.json"], compose, options)).status,
    ).toBe("published");
    await draft.discard();
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([
      "edge/a/manifest.json",
    ]);
  });

  test("leaves all as it is where compose says so, or where the target already holds the same", async () => {
    await at.publish({ "m.onnx": "1" });
    const head = await at.store.head("main");
    expect(await at.publish({ "m.onnx": "1" })).toEqual({
      status: "unchanged",
      commit: head,
    });
    const { draft } = await at.newDraft();
    expect(await draft.publish([], () => null, options)).toEqual({
      status: "unchanged",
      commit: head,
    });
    await draft.discard();
    expect(await at.store.head("main")).toBe(head);
    expect(await allDrafts(at.store)).toEqual([]);
  });

  test("keeps files that others put under edge", async () => {
    await at.publish({ "m.onnx": "1" });
    await at.under.write("main", { "edge/README.txt": "foreign" });
    await at.publish({ "m.onnx": "2" }, [], { "evidence/a/v": "V" });
    const snapshot = await at.store.snapshot("main");
    expect(await pathsOf(snapshot, "edge/")).toEqual([
      "edge/README.txt",
      "edge/a/m.onnx",
    ]);
    expect(await textAt(snapshot, "edge/README.txt")).toBe("foreign");
  });

  test("shows an old snapshot what it showed, after a publication", async () => {
    await at.publish({ "m.onnx": "1" });
    const id = (await at.store.head("main")) ?? "";
    await at.publish({ "m.onnx": "2" });
    const old = await at.store.snapshot("main", id);
    expect(old.id).toBe(id);
    expect(await textAt(old, "edge/a/m.onnx")).toBe("1");
    expect(
      await at.store.isAncestor(id, (await at.store.head("main")) ?? ""),
    ).toBe(true);
    expect(
      await at.store.isAncestor((await at.store.head("main")) ?? "", id),
    ).toBe(false);
  });

  test("publishes two drafts of one base one after the other, both with their files", async () => {
    const [one, two] = [await at.newDraft(), await at.newDraft()];
    const keepOne = await one.draft.put(
      await at.folder({ m: "1" }),
      ["m"],
      "edge/one/",
    );
    const keepTwo = await two.draft.put(
      await at.folder({ m: "2" }),
      ["m"],
      "edge/two/",
    );
    const change = (keep: typeof keepOne) => () => ({
      keep,
      remove: [],
      write: new Map(),
    });
    const outcomes = await Promise.all([
      one.draft.publish([], change(keepOne), options),
      two.draft.publish([], change(keepTwo), options),
    ]);
    await Promise.all([one.draft.discard(), two.draft.discard()]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      "published",
      "published",
    ]);
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([
      "edge/one/m",
      "edge/two/m",
    ]);
  });

  test("lists drafts with age and owner, and discards them more than once", async () => {
    const { draft, ref } = await at.newDraft();
    expect(await allDrafts(at.store)).toEqual([]);
    await draft.put(await at.folder({ m: "1" }), ["m"], "edge/a/");
    await draft.put(await at.folder({ m: "1" }), ["m"], "edge/a/");
    expect(await allDrafts(at.store)).toMatchObject([
      { id: ref.id, branch: "main", owner: "pipeline 7" },
    ]);
    const age = Date.now() - Number((await allDrafts(at.store))[0]?.createdAt);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(60_000);
    await draft.discard();
    await draft.discard();
    expect(await allDrafts(at.store)).toEqual([]);
  });

  test("publishes from another process, which has only the draft's name", async () => {
    const { draft, ref } = await at.newDraft();
    const keep = await draft.put(await at.folder({ m: "1" }), ["m"], "edge/a/");
    const again = at.store.draft(JSON.parse(JSON.stringify(ref)));
    expect(
      (
        await again.publish(
          [],
          () => ({ keep, remove: [], write: new Map() }),
          options,
        )
      ).status,
    ).toBe("published");
    await again.discard();
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([
      "edge/a/m",
    ]);
  });

  test("opens what a person names: a branch, or a publication of before", async () => {
    await at.publish({ "m.onnx": "1" });
    const then = (await at.store.head("main")) ?? "";
    expect(at.store.placeAt(then)).toBe(`${at.store.url}/${then}`);
    await at.publish({ "n.onnx": "2" });

    const pathsAt = async (ref: string) =>
      pathsOf(await at.store.named(ref), "edge/");
    expect(await pathsAt(then)).toEqual(["edge/a/m.onnx"]);
    expect(await pathsAt("main")).toContain("edge/a/n.onnx");
    await expect(at.store.named("c0ffee")).rejects.toMatchObject({
      exitCode: 2,
      code: "branch-missing",
    });
  });
}
