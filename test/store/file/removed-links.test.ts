import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileStore } from "../../../src/store/file.ts";
import { storeContext } from "../../support/store-context.ts";
import { options, pathsOf, textAt, useStore } from "../harness.ts";
import { removedRecord } from "../removed-record.ts";
import { type FolderStore, folderStore } from "./folder-store.ts";

const at = useStore<FolderStore>(folderStore);
const publish = () =>
  at.publish({ m: "1" }, [], { "evidence/a/verdict.json": "green" });

/** What a person removes, by hand. */
const remove = (paths: string[]) =>
  Promise.all(
    paths.map((path) => rm(join(at.under.root, path), { recursive: true })),
  );

const REMOVED: [what: string, ...paths: string[]][] = [
  ["the link edge", "main/edge"],
  ["the link evidence", "main/evidence"],
  ["both links", "main/edge", "main/evidence"],
  ["the link to the publication", "main/.published"],
  ["all publications", ".model-to-edge/publications"],
  ["the store's own folder", ".model-to-edge"],
];

test.each(REMOVED)(
  "without %s, the same publication is made again, and then it is there",
  async (_what, ...paths) => {
    await publish();
    await remove(paths);

    expect((await publish()).status).toBe("published");
    const snapshot = await at.store.snapshot("main");
    expect(await textAt(snapshot, "edge/a/m")).toBe("1");
    expect(await textAt(snapshot, "evidence/a/verdict.json")).toBe("green");
    expect((await publish()).status).toBe("unchanged");
  },
);

test.each(REMOVED.slice(4))(
  "without %s, a branch shows its models, and nothing published",
  async (_what, ...paths) => {
    await publish();
    const before = await at.store.head("main");
    await remove(paths);

    expect(await at.store.head("main")).not.toBe(before);
    const snapshot = await at.store.snapshot("main");
    expect(await pathsOf(snapshot, "")).toEqual([
      ...["model/a/config.py", "model/a/w.pth"],
    ]);
    expect(await snapshot.read("edge/a/m", 10)).toBeNull();
  },
);

test("a commit whose folder somebody removed is named as removed, with what to do", async () => {
  await publish();
  const commit = (await at.store.head("main")) ?? "";
  await remove([".model-to-edge/publications"]);

  await expect(at.store.named(commit)).rejects.toMatchObject({
    ...{ code: "snapshot-gone", exitCode: 2 },
    message: `the publication ${commit} is not in the store any more: someone removed it, and branch main shows nothing published`,
    hint: "run the pipeline of main, which publishes again, then name the commit that it prints",
  });
  expect((await publish()).status).toBe("published");
  await expect(at.store.named(commit)).rejects.toMatchObject({
    message: expect.stringContaining("branch main shows a newer one"),
  });
});

test("a commit whose branch somebody removed is named so, once its folder is gone", async () => {
  await publish();
  const commit = (await at.store.head("main")) ?? "";
  await remove([".model-to-edge/publications", "main"]);

  await expect(at.store.named(commit)).rejects.toMatchObject({
    message: expect.stringContaining("branch main was removed"),
  });
});

test("a commit that the branch shows is found without its record", async () => {
  await publish();
  const commit = (await at.store.head("main")) ?? "";
  await remove([".model-to-edge/commits"]);

  const snapshot = await at.store.named(commit);
  expect(await textAt(snapshot, "edge/a/m")).toBe("1");
});

test.each(REMOVED.slice(0, 4))(
  "without %s, a commit that is named still shows all of it, and the branch what is left",
  async (_what, ...paths) => {
    await publish();
    const commit = (await at.store.head("main")) ?? "";
    await remove(paths);

    const snapshot = await at.store.named(commit);
    expect(await textAt(snapshot, "edge/a/m")).toBe("1");
    expect(await textAt(snapshot, "evidence/a/verdict.json")).toBe("green");
    expect(await pathsOf(snapshot, "edge/")).toEqual(["edge/a/m"]);
    const shown = await at.store.named("main");
    const both = await pathsOf(shown, "e");
    expect(both.length).toBeLessThan(2);
  },
);

test("a record in the middle of the history: it ends there, and that is told, also by a publication", async () => {
  for (const text of ["1", "2", "3"])
    await at.publish({}, [], { "edge/a/m": text });
  const newest = (await at.store.head("main")) ?? "";
  const [, before] = await at.store.changesOf(newest, "edge/a/m", 9);
  await remove([`.model-to-edge/commits/${before?.id}.json`]);

  const ctx = storeContext();
  const store = fileStore(ctx, at.store.url, at.under.root);
  expect(await store.changesOf(newest, "edge/a/m", 9)).toHaveLength(1);
  const { ref } = await at.newDraft();
  const input = "file-initial-0123456789abcdef";
  await store
    .draft(ref)
    .publish(["edge/b/m"], () => null, { ...options, input });
  const line = expect.stringContaining(
    `commits/${before?.id}.json was removed from the store: what was published before it is not known`,
  );
  expect(ctx.lines).toEqual([line, line]);
});

removedRecord(at, () => remove([".model-to-edge/commits"]));

test("what lay below a link that is removed does not come back with another model", async () => {
  await at.publish({ m: "1" }, [], {
    "edge/b/m": "2",
    "evidence/b/verdict.json": "green",
  });
  await remove(["main/edge"]);
  await publish();

  const snapshot = await at.store.snapshot("main");
  expect(await pathsOf(snapshot, "edge/")).toEqual(["edge/a/m"]);
  expect(await pathsOf(snapshot, "evidence/")).toEqual([
    ...["evidence/a/verdict.json", "evidence/b/verdict.json"],
  ]);
});
