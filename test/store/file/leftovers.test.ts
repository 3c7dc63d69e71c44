import { mkdir, readdir, rename, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
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

test("a publication that met a full disk after its switch is completed by the next run, also one that changes nothing", async () => {
  await at.publish({ m: "1" });
  const publications = join(at.under.root, ".model-to-edge/publications");
  const [id = ""] = await readdir(publications);
  const index = join(publications, id, "index.json");
  await rename(index, `${index}.partial`);
  expect((await at.publish({ m: "1" })).status).toBe("unchanged");
  expect(await readdir(join(publications, id))).not.toContain(
    "index.json.partial",
  );
  expect(await readdir(join(publications, id))).toContain("index.json");
});

test("a sweep removes what a killed publication built, and publications that no branch shows, when they are old", async () => {
  for (const m of ["1", "2"]) await at.publish({ m });
  const publications = join(at.under.root, ".model-to-edge/publications");
  const before = await readdir(publications);
  const file = join(publications, ".new-0123456789abcdef/edge/m");
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, "1234");
  const sweep = (olderThanMs: number, dryRun: boolean) =>
    at.store.sweepContent?.({ olderThanMs, dryRun });

  expect(await sweep(3_600_000, false)).toMatchObject({ removed: [] });
  expect(await sweep(0, true)).toMatchObject({ removed: [{ size: 4 }] });
  expect(await readdir(publications)).toHaveLength(before.length + 1);
  expect(await sweep(0, false)).toMatchObject({ removed: [{ size: 4 }] });
  expect(await readdir(publications)).toEqual(before);
  expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([
    "edge/a/m",
  ]);
});
