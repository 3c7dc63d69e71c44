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

describe("a folder store that changes while it is listed", () => {
  const at = useStore<FolderStore>(folderStore);
  const main = (...path: string[]) => join(at.under.root, "main", ...path);

  test.each([
    ["a model's folder", "model/", "model/many", 15_000],
    ["someone's own published files", "edge/", "edge/a/own", 300],
  ])(
    "names an input when %s disappears in the middle",
    async (_, prefix, name, count) => {
      await at.publish({ m: "1" });
      const folder = main(name);
      manyFiles(folder, count);
      const all = await pathsOf(await at.store.snapshot("main"), prefix);
      let error: unknown = null;

      for (let turns = 1; turns <= ROUNDS && error === null; turns++) {
        const snapshot = await at.store.snapshot("main");
        const listing = objectsOf(snapshot, prefix);
        error = await thrownWhenTaken(listing, { folder, turns });
      }

      expect(error).toMatchObject({
        ...CHANGED,
        message: expect.stringContaining(name),
      });
      expect(await pathsOf(await at.store.snapshot("main"), prefix)).toEqual(
        all,
      );
    },
  );

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
