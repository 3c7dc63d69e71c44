import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LandWish } from "../../src/store/store.ts";
import { sweepDrafts } from "../../src/store/sweep.ts";
import { allDrafts, bytesOf, textAt, useStore } from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import {
  ALL_S3,
  hasS3,
  type S3Server,
  startS3,
} from "../support/s3-servers.ts";
import {
  canMount,
  type SmallDisk,
  smallDisk,
  withRoomFor,
} from "../support/small-disk.ts";
import { storeContext } from "../support/store-context.ts";

const QUICK = {
  ...{ attempts: 3, pauseMs: 5, longestPauseMs: 20, idleMs: 5_000 },
  ...{ patienceMs: 1_000, brokenMs: 100 },
};
const options = { message: "generation", metadata: {} };
const NAMES = ["config", "weights"];
describe.skipIf(!hasS3("versitygw") || !canMount("a full S3 server"))(
  "a server of S3 whose disk is full",
  () => {
    let server: S3Server;
    let disk: SmallDisk;
    const before = { ...process.env };
    beforeAll(async () => {
      disk = smallDisk(16_384) as SmallDisk;
      server = await startS3("versitygw", disk.folder);
      Object.assign(process.env, server.env);
    });
    afterAll(async () => {
      process.env = before;
      await server.stop();
      disk.remove();
    });
    const at = useStore<S3UnderTest>(() => s3UnderTest(server, {}, QUICK));

    async function publish(branch: string, text: string): Promise<void> {
      const { draft } = await at.newDraft(branch);
      const folder = await at.folder({
        config: text,
        weights: text.repeat(2_000),
      });
      const keep = await draft.put(folder, NAMES, "edge/a/");
      const write = bytesOf({ "evidence/a/verdict": text });
      const { status } = await draft.publish(
        [],
        () => ({ keep, remove: [], write }),
        options,
      );
      expect(["published", "unchanged"]).toContain(status);
      await draft.discard();
    }

    async function land(source: string): Promise<void> {
      const commit = (await at.store.head(source)) ?? "";
      const wish: LandWish = {
        ...{ source, at: commit, target: "main", message: `land ${source}` },
        metadata: { landed: commit },
        models: [
          {
            ...{ folder: "model/a", pointer: "evidence/a/verdict" },
            take: [
              ...NAMES.map((name) => `edge/a/${name}`),
              "evidence/a/verdict",
            ],
            remove: [],
          },
        ],
      };
      const outcome = await at.store.land(wish);
      expect(outcome, JSON.stringify(outcome)).toMatchObject({
        status: expect.stringMatching(/^(landed|unchanged)$/),
      });
    }

    async function sweep(): Promise<void> {
      await sweepDrafts(at.store, {
        ...{ of: "anybody", olderThanMs: 0, dryRun: false, now: new Date() },
        log: storeContext().log,
      });
      await at.store.sweepContent?.({ olderThanMs: 0, dryRun: false });
    }

    /** What a reader finds; throws where its files do not belong together. */
    async function shown(branch: string): Promise<string | null> {
      const snapshot = await at.store.snapshot(branch);
      const config = await textAt(snapshot, "edge/a/config");
      expect(await textAt(snapshot, "edge/a/weights")).toBe(
        config?.repeat(2_000) ?? null,
      );
      expect(await textAt(snapshot, "evidence/a/verdict")).toBe(config);
      return config;
    }

    // Of the content it says what is the matter, of its own notes beside it a 500 alone.
    const SAYS_FULL = {
      ...{ exitCode: 3, code: "store-failed" },
      message: expect.stringMatching(/: (InsufficientStorage|InternalError): /),
      hint: expect.stringMatching(/\bdisk\b/),
    };

    /** From nothing to more than the step needs. */
    async function forEachRoom(step: (pages: number) => Promise<unknown>) {
      const stride = ALL_S3 ? 1 : 24;
      let failed = 0;
      for (let pages = 0; ; pages += stride) {
        const error = await step(pages);
        if (error === null) break;

        failed += 1;
        expect(error, `${pages} pages: ${error}`).toMatchObject(SAYS_FULL);
      }
      expect(failed).toBeGreaterThan(0);
    }

    test("a publication says so at each stage; edge is the old or the new one, and the next run publishes", {
      timeout: 900_000,
    }, async () => {
      await publish("main", "first");
      let before = "first";

      await forEachRoom(async (pages) => {
        const text = `g${pages}`;
        const error = await withRoomFor(disk, pages, () =>
          publish("main", text),
        );
        const now = await shown("main");
        expect(error === null ? [text] : [before, text]).toContain(now);

        await publish("main", text);
        expect(await shown("main")).toBe(text);
        await sweep();
        expect(await allDrafts(at.store)).toEqual([]);
        before = text;

        return error;
      });
    });

    test("a landing says so at each stage; main shows the old or the new publication, and the next one lands", {
      timeout: 900_000,
    }, async () => {
      await publish("main", "first");
      let before = "first";

      await forEachRoom(async (pages) => {
        const branch = `topic-${pages}`;
        await at.store.createBranch(branch, "main");
        await at.under.write(branch, { "model/a/w.pth": branch });
        await publish(branch, branch);

        const error = await withRoomFor(disk, pages, () => land(branch));
        const now = await shown("main");
        expect(error === null ? [branch] : [before, branch]).toContain(now);

        await land(branch);
        expect(await shown("main")).toBe(branch);
        expect(
          await textAt(await at.store.snapshot("main"), "model/a/w.pth"),
        ).toBe(branch);
        before = branch;

        return error;
      });
    });

    test("a sweep removes nothing that is needed, and makes room once it has some, and nobody waits for it", {
      // Less than a round that was not ended takes to be void.
      timeout: 120_000,
    }, async () => {
      for (const text of ["1", "2", "3", "4", "5"]) await publish("main", text);
      await at.store
        .draft((await at.newDraft()).ref)
        .put(await at.folder({ lost: "lost" }), ["lost"], "edge/a/");

      await forEachRoom(async (pages) => {
        const error = await withRoomFor(disk, pages, sweep);
        expect(await shown("main")).toBe("5");

        return error;
      });
      expect(await allDrafts(at.store)).toEqual([]);
      await publish("main", "6");
      expect(await shown("main")).toBe("6");
    });

    test("a run is told before it converts anything", async () => {
      const store = await s3StoreAt(at.store.url, server.env, QUICK);
      const { ref } = await at.newDraft();
      const error = await withRoomFor(disk, 0, () =>
        store.draft(ref).rehearse(),
      );
      expect(error).toMatchObject(SAYS_FULL);
      await store.draft(ref).rehearse();
      await store.close();
    });
  },
);
