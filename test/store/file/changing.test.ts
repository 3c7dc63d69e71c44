import {
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { readLimited } from "../../../src/store/file/listed-file.ts";
import { openStore } from "../../../src/store/open.ts";
import type { Snapshot } from "../../../src/store/store.ts";
import { storeContext } from "../../support/store-context.ts";
import { objectsOf, pathsOf, useStore } from "../harness.ts";
import { type FolderStore, folderStore } from "./folder-store.ts";

const CHANGED = { exitCode: 3, code: "changed-under-us" };
const ROUNDS = 20;

/** A folder with many files, all links of one, which are made sooner than files. */
function manyFiles(folder: string, count: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "0"), "1");
  for (let file = 1; file < count; file++)
    linkSync(join(folder, "0"), join(folder, String(file)));
}

/** What listing threw when the folder was taken away after so many turns of the event loop; null where it threw nothing. */
async function thrownWhenTaken(
  listing: Promise<unknown>,
  { folder, turns }: { folder: string; turns: number },
): Promise<unknown> {
  const thrown = listing.then(
    () => null,
    (error: unknown) => error,
  );
  for (let turn = 0; turn < turns; turn++) await setImmediate();
  renameSync(folder, `${folder}-elsewhere`);

  const error = await thrown;
  renameSync(`${folder}-elsewhere`, folder);

  return error;
}

/** What a listing throws where a folder is taken away after its first file; null where it throws nothing. */
async function thrownBehindFirst(
  snapshot: Snapshot,
  prefix: string,
  { folder, name }: { folder: string; name: string },
): Promise<unknown> {
  let isTaken = false;
  try {
    for await (const { path } of snapshot.list(prefix))
      if (!isTaken && path.startsWith(`${name}/`)) {
        renameSync(folder, `${folder}-elsewhere`);
        isTaken = true;
      }
    return null;
  } catch (error) {
    return error;
  } finally {
    if (isTaken) renameSync(`${folder}-elsewhere`, folder);
  }
}

describe("a folder store that changes while it is listed", () => {
  const at = useStore<FolderStore>(folderStore);
  const main = (...path: string[]) => join(at.under.root, "main", ...path);

  test("names an input when a model's folder disappears in the middle", async () => {
    const folder = main("model/many");
    manyFiles(folder, 15_000);
    const all = await pathsOf(await at.store.snapshot("main"), "model/");
    let error: unknown = null;

    for (let turns = 1; turns <= ROUNDS && error === null; turns++) {
      const snapshot = await at.store.snapshot("main");
      const listing = objectsOf(snapshot, "model/");
      error = await thrownWhenTaken(listing, { folder, turns });
    }

    expect(error).toMatchObject({
      ...CHANGED,
      message: expect.stringContaining("model/many"),
    });
    expect(await pathsOf(await at.store.snapshot("main"), "model/")).toEqual(
      all,
    );
  });

  test("names a file of someone's own beside published ones when its folder disappears", async () => {
    await at.publish({ m: "1" });
    const [folder, name] = [main("edge/a/own"), "edge/a/own"];
    manyFiles(folder, 300);
    const all = await pathsOf(await at.store.snapshot("main"), "edge/");

    const snapshot = await at.store.snapshot("main");
    const found = await thrownBehindFirst(snapshot, "edge/", { folder, name });

    expect(found).toMatchObject({
      ...CHANGED,
      message: expect.stringContaining(name),
    });
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual(
      all,
    );
  });

  test("names a file that disappears while its time is still that of now", async () => {
    const file = main("model/a/w.pth");
    const changedAt = new Date(Number(statSync(file).ctimeMs));
    const store = await openStore(
      storeContext({ now: () => changedAt }),
      at.store.url,
      { webUrl: null },
    );
    const listing = objectsOf(await store.snapshot("main"), "model/a/w.pth");
    const refused = expect(listing).rejects.toMatchObject({
      ...CHANGED,
      message: expect.stringContaining("model/a/w.pth"),
    });
    await sleep(60);
    rmSync(file);
    await refused;
    await store.close();
  });

  test("names a small file that disappears before it is opened", () => {
    const gone = { file: main("model/a/gone"), path: "model/a/gone" };
    expect(() => readLimited(gone, 9)).toThrow(
      expect.objectContaining(CHANGED),
    );
  });
});
