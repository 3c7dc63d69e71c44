import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Store } from "../../../src/store/store.ts";
import {
  canMount,
  type SmallDisk,
  smallDisk,
  withRoomFor,
} from "../../support/small-disk.ts";
import { allDrafts } from "../harness.ts";
import { prepare, STEPS, storeIn, sweepAll, takeStep } from "./strike-steps.ts";
import { LANDED, OLD, type Shown, shownBy } from "./struck-store.ts";

const ALL = process.env.STRIKES === "all";

const END: Record<(typeof STEPS)[number], Shown> = {
  publish: { ...OLD, edge: { ...OLD.edge, a: "new" } },
  land: LANDED,
  ...{ branch: OLD, delete: OLD, sweep: OLD },
};

/** What needs no room needs none on a full disk either. */
const NEED_NO_ROOM: readonly string[] = ["delete", "sweep"];

describe.skipIf(!canMount("a folder store on a full disk"))(
  "a folder store on a disk that is full",
  () => {
    let disk: SmallDisk;
    beforeAll(() => {
      disk = smallDisk(16_384) as SmallDisk;
    });
    afterAll(() => disk.remove());

    test.each(STEPS)(
      "%s: the old state or the new one, and the next try works",
      {
        timeout: 300_000,
      },
      async (step) => {
        let failed = 0;

        for (let pages = 0; ; pages += ALL ? 1 : 3) {
          const root = await mkdtemp(join(disk.folder, "store-"));
          const files = await mkdtemp(join(disk.folder, "files-"));
          await prepare(root, files);
          const error = await withRoomFor(disk, pages, () =>
            takeStep(step, root, files),
          );

          const what = `${step} with ${pages} pages: ${error}`;
          expect([OLD, END[step]], what).toContainEqual(
            await shownBy(root, "main"),
          );
          expect(await shownBy(root, "topic"), what).toEqual(LANDED);
          await takeStep(step, root, files);
          expect(await shownBy(root, "main"), what).toEqual(END[step]);
          await clean(storeIn(root), what);
          if (error === null) break;

          failed += 1;
          expect(error, what).toMatchObject({
            ...{ exitCode: 3, code: "disk-full" },
          });
        }

        expect(failed > 0).toBe(!NEED_NO_ROOM.includes(step));
      },
    );
  },
);

async function clean(store: Store, what: string): Promise<void> {
  await sweepAll(store);
  expect(await allDrafts(store), what).toEqual([]);
}
