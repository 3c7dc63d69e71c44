import { appendFileSync, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../../src/store/open.ts";
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

/** Milliseconds of the processor that a plan spends on the store: the least of a few times. */
async function effort(): Promise<number> {
  const spent: number[] = [];
  for (let round = 0; round < 9; round++) {
    const before = process.cpuUsage();
    await at.store.head("main");
    const snapshot = await at.store.snapshot("main");
    for await (const { path } of snapshot.list("model/"))
      expect(path).toBeTruthy();
    const { user, system } = process.cpuUsage(before);
    spent.push((user + system) / 1000);
  }

  return Math.min(...spent);
}

test("100,000 objects beside the store's folders cost a plan nothing, and are no state of it", async () => {
  const head = await at.store.head("main");
  const without = await effort();
  addForeign(100, 1000);
  const within = await effort();

  expect(within).toBeLessThan(without + 20);
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
