import { appendFileSync, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../../src/store/open.ts";
import { looksDuring } from "../../support/file-calls.ts";
import { storeContext } from "../../support/store-context.ts";
import { useStore } from "../harness.ts";
import { type FolderStore, folderStore } from "./folder-store.ts";

const at = useStore<FolderStore>(folderStore);
const main = (...path: string[]) => join(at.under.root, "main", ...path);

/** Links of one file in each folder, which are made sooner than files. */
function addForeign(folders: number, each: number): void {
  for (let folder = 0; folder < folders; folder++) {
    const place = main("data", String(folder));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "0"), "1");
    for (let file = 1; file < each; file++)
      linkSync(join(place, "0"), join(place, String(file)));
  }
}

/** What a plan asks the file system about the store. */
const looks = () =>
  looksDuring(async () => {
    await at.store.head("main");
    const snapshot = await at.store.snapshot("main");
    for await (const { path } of snapshot.list("model/"))
      expect(path).toBeTruthy();
  });

test("100,000 objects beside the store's folders cost a plan nothing, and are no state of it", async () => {
  const head = await at.store.head("main");
  const without = await looks();
  addForeign(100, 1000);
  const within = await looks();

  expect(without).toBeGreaterThan(5);
  // The name of the folder itself, where the branch is listed.
  expect(within).toBeLessThanOrEqual(without + 2);
  expect(await at.store.head("main")).toBe(head);
  appendFileSync(main("model/a/w.pth"), "!");
  expect(await at.store.head("main")).not.toBe(head);
});

test("a store with its models elsewhere looks at those folders alone", async () => {
  await at.under.write("main", { "nets/a/w.pth": "weights" });
  const store = await openStore(storeContext(), at.store.url, {
    webUrl: null,
    paths: ["nets", "out/edge", "out/evidence"],
  });

  const head = await store.head("main");
  await at.under.write("main", { "model/a/w.pth": "others" });
  expect(await store.head("main")).toBe(head);
  await at.under.write("main", { "out/edge/own.txt": "a person's" });
  const second = await store.head("main");
  expect(second).not.toBe(head);
  await at.under.write("main", { "nets/a/w.pth": "others" });
  expect(await store.head("main")).not.toBe(second);
});
