import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pathsOf, useStore } from "../harness.ts";
import { type FolderStore, folderStore } from "./folder-store.ts";

const at = useStore<FolderStore>(folderStore);

test("a publication removes the empty and half-written locks of killed runs", async () => {
  const own = join(at.under.root, ".model-to-edge");
  await mkdir(own);
  await writeFile(join(own, "lock.deadbeef"), "");
  await writeFile(join(own, "lock.cafe"), '{"host":');
  expect((await at.publish({ m: "1" })).status).toBe("published");
  expect(
    (await readdir(own)).filter((name) => name.startsWith("lock")),
  ).toEqual([]);
});

test("the link of a run that was killed before it switched is not a content of the branch, and the next run goes on", async () => {
  await at.publish({ m: "1" });
  const head = await at.store.head("main");
  const paths = await pathsOf(await at.store.snapshot("main"), "");
  await symlink(
    "../.model-to-edge/publications/0123456789abcdef",
    join(at.under.root, "main/.published.new"),
  );
  expect(await at.store.head("main")).toBe(head);
  expect(await pathsOf(await at.store.snapshot("main"), "")).toEqual(paths);
  expect((await at.publish({ m: "2" })).status).toBe("published");
  expect(await readdir(join(at.under.root, "main"))).not.toContain(
    ".published.new",
  );
});
