import {
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { hashBytes } from "../../src/hash-file.ts";
import {
  bytesOf,
  objectsOf,
  pathsOf,
  textAt,
  useStore,
} from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import { faultProxy } from "../support/fault-proxy.ts";
import { passTo, startFront } from "../support/fronts.ts";
import { hasS3, type S3Kind, type S3Server } from "../support/s3-servers.ts";
import { s3Files } from "./s3-files.ts";
import { useS3 } from "./use-s3.ts";

const ALL = process.env.S3_SERVERS === "all";
const KINDS: readonly S3Kind[] = ALL ? ["moto", "versitygw"] : ["moto"];
const NOW = { olderThanMs: 0, dryRun: false };
const OWN = ".model-to-edge/";

for (const kind of KINDS)
  describe.skipIf(!hasS3(kind))(`a sweep of content in S3 (${kind})`, () => {
    const s3 = useS3(kind);
    const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

    const sweep = (wish = NOW) => at.store.sweepContent?.(wish);

    /** Names below `.model-to-edge/` that begin so. */
    async function names(start: string): Promise<string[]> {
      const prefix = at.under.prefix + OWN + start;
      const files = await s3Files(s3.server, at.under.bucket, prefix);
      return [...files.keys()];
    }

    async function generations(count: number): Promise<void> {
      for (let index = 1; index <= count; index++)
        await at.publish({ m: `generation ${index}` });
    }

    test("removes what only older publications name, and keeps the last three", async () => {
      await generations(3);
      const three = (await names("objects/")).length;
      await generations(6);
      await at.under.write(".model-to-edge", { "objects/notes.txt": "mine" });
      const before = await names("objects/");
      expect(before).toHaveLength(2 * three + 1);

      const asked = await sweep({ ...NOW, dryRun: true });
      expect(await names("objects/")).toEqual(before);
      const swept = await sweep();
      expect(swept).toMatchObject({ held: 0, refused: [], kept: null });
      expect(swept?.removed.length).toBe(three);
      expect(asked?.removed.map(({ size }) => size)).toEqual(
        swept?.removed.map(({ size }) => size),
      );
      expect(await names("objects/")).toHaveLength(three + 1);

      const now = await at.store.snapshot("main");
      expect(await textAt(now, "edge/a/m")).toBe("generation 6");
      expect((await sweep())?.removed).toEqual([]);
      await at.publish({ m: "generation 1" });
      const again = await at.store.snapshot("main");
      expect(await textAt(again, "edge/a/m")).toBe("generation 1");
    });

    test("keeps what is younger than the age, and what was shown within it", async () => {
      await generations(5);
      const before = await names("objects/");
      const swept = await sweep({ ...NOW, olderThanMs: 3_600_000 });
      expect(swept).toMatchObject({ removed: [], kept: null });
      expect(await names("objects/")).toEqual(before);
    });

    test("keeps what a branch shows that was made from another one, and what a draft needs until it is discarded", async () => {
      await at.publish({ m: "of the branch" });
      await at.store.createBranch("topic", "main");
      await generations(4);
      const { draft } = await at.newDraft();
      const folder = await at.folder({ m: "generation 1", n: "of the draft" });
      const keep = await draft.put(folder, ["m", "n"], "edge/a/");

      expect(await sweep()).toMatchObject({ held: 2, kept: null });
      const topic = await at.store.snapshot("topic");
      expect(await textAt(topic, "edge/a/m")).toBe("of the branch");
      const outcome = await draft.publish(
        [],
        () => ({ keep, remove: [], write: new Map() }),
        { message: "", metadata: {} },
      );
      expect(outcome.status).toBe("published");
      const main = await at.store.snapshot("main");
      expect(await textAt(main, "edge/a/m")).toBe("generation 1");

      await draft.discard();
      expect(await names("drafts/")).toEqual([]);
      expect(await sweep()).toMatchObject({ held: 0 });
      expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([
        ...["edge/a/m", "edge/a/n"],
      ]);
    });

    test("leaves all where an index or a mark is damaged, and names it", async () => {
      await generations(5);
      await at.under.write(".model-to-edge", { "branches/x.json": "{" });
      const before = await names("objects/");
      await expect(sweep()).rejects.toMatchObject({ code: "index-damaged" });
      await at.under.write(".model-to-edge", {
        ...{ "branches/x.json": null, "holds/x.json": "{" },
      });
      await expect(sweep()).rejects.toMatchObject({
        code: "index-damaged",
        message: expect.stringContaining("holds/x.json"),
      });
      expect(await names("objects/")).toEqual(before);
    });

    test("a sweep that was killed in its round is waited for, then passed over", async () => {
      const removes = JSON.stringify({
        ...{ kind: "s3-sweep", version: 1, removes: true, round: "x" },
      });
      await at.under.write(".model-to-edge", { "sweep.json": removes });
      const quick = await s3StoreAt(at.store.url, s3.server.env, {
        ...{ voidMs: 1_000, pollMs: 20 },
      });
      onTestFinished(() => quick.close());
      const { ref } = await at.newDraft();
      const start = performance.now();
      const folder = await at.folder({ m: "1" });
      await quick.draft(ref).put(folder, ["m"], "edge/a/");
      expect(performance.now() - start).toBeGreaterThan(1_000);
      expect(await sweep()).toMatchObject({ held: 1, kept: null });
    });

    test("writers at once beside a sweep without an age: no publication loses a file", {
      timeout: 300_000,
    }, async () => {
      const names = Array.from({ length: ALL ? 10 : 4 }, (_, n) => `w${n}`);
      const rounds = ALL ? 16 : 8;
      let isOver = false;
      let removed = 0;
      const sweeping = (async () => {
        while (!isOver) removed += (await sweep())?.removed.length ?? 0;
      })();

      await Promise.all(
        names.map(async (name) => {
          await at.store.createBranch(name, "main");
          for (let round = 0; round < rounds; round++) {
            // Five contents: each comes back when no publication of late names it.
            const text = `content ${round % 5} of ${name}`;
            const { draft } = await at.newDraft(name);
            const folder = await at.folder({ m: text });
            const keep = await draft.put(folder, ["m"], "edge/a/");
            const write = new Map([["edge/a/p", Buffer.from(`${text}!`)]]);
            const outcome = await draft.publish(
              [],
              () => ({ keep, remove: [], write }),
              { message: name, metadata: {} },
            );
            await draft.discard();
            expect(outcome.status).toBe("published");
            const shown = await at.store.snapshot(name);
            expect(await objectsOf(shown, "edge/")).toHaveLength(2);
            expect(await textAt(shown, "edge/a/m")).toBe(text);
            expect(await textAt(shown, "edge/a/p")).toBe(`${text}!`);
          }
        }),
      ).finally(() => {
        isOver = true;
      });
      await sweeping;
      expect(removed).toBeGreaterThan(names.length * 3);
    });

    test("a sweep before any call of a publication of content that lay there unused: no file is lost", {
      timeout: 600_000,
    }, async () => {
      const proxy = await faultProxy(s3.server.endpoint);
      onTestFinished(() => proxy.close());
      const store = await s3StoreAt(at.store.url, {
        ...s3.server.env,
        AWS_ENDPOINT_URL_S3: proxy.endpoint,
      });
      onTestFinished(() => store.close());

      /** Content that nobody shows, and a publication of it; answers the removals of the sweep. */
      async function publishOld(text: string, call: number): Promise<number> {
        const pointer = `${text}!`;
        for (const content of [text, pointer])
          await at.under.write(".model-to-edge", {
            [`objects/${hashBytes(content)}`]: content,
          });
        let seen = 0;
        let removed = 0;
        proxy.before(
          () => seen++ === call,
          async () => {
            removed = (await sweep())?.removed.length ?? 0;
          },
        );
        const { ref } = await at.newDraft();
        const draft = store.draft(ref);
        const folder = await at.folder({ m: text });
        const keep = await draft.put(folder, ["m"], "edge/a/");
        const write = bytesOf({ "edge/a/p": pointer });
        const outcome = await draft.publish(
          [],
          () => ({ keep, remove: [], write }),
          { message: "", metadata: {} },
        );
        await draft.discard();
        expect(outcome.status).toBe("published");
        const shown = await at.store.snapshot("main");
        expect(await textAt(shown, "edge/a/m"), `${call}`).toBe(text);
        expect(await textAt(shown, "edge/a/p"), `${call}`).toBe(pointer);

        return removed;
      }

      await publishOld("first", -1);
      proxy.forget();
      await publishOld("second", -1);
      const calls = proxy.exchanges.length;
      let removed = 0;
      for (const call of some(calls, ALL ? calls : 4)) {
        proxy.forget();
        removed += await publishOld(`of ${call}`, call);
        expect(proxy.unmet()).toBe(0);
      }
      // Before the marks the content is nobody's.
      expect(removed).toBeGreaterThan(1);
    });

    test("without conditional writes it leaves all, and says why", async () => {
      await generations(5);
      const before = await names("objects/");
      const single = await s3StoreAt(at.store.url, {
        ...s3.server.env,
        MODEL_TO_EDGE_SINGLE_WRITER: "true",
      });
      onTestFinished(() => single.close());
      expect(await single.sweepContent?.(NOW)).toMatchObject({
        ...{ removed: [], kept: expect.stringContaining("SINGLE_WRITER") },
      });

      const ignoring = await behind(s3.server, at.store.url);
      expect(await ignoring.sweepContent?.(NOW)).toMatchObject({
        ...{ removed: [], kept: expect.stringContaining("If-None-Match") },
      });
      expect(await names("objects/")).toEqual(before);
    });
  });

/** So many of the calls, spread; the first among them. */
function some(calls: number, most: number): number[] {
  return Array.from({ length: most }, (_, index) =>
    Math.floor((index * calls) / most),
  );
}

/** The same store on a server that ignores conditions. */
async function behind({ endpoint, env }: S3Server, url: string) {
  const front = await startFront(
    passTo(endpoint, ["if-match", "if-none-match"]),
  );
  onTestFinished(() => front.close());
  const store = await s3StoreAt(url, {
    ...env,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${front.port}`,
  });
  onTestFinished(() => store.close());

  return store;
}

describe.skipIf(!hasS3("moto"))(
  "a sweep of a bucket that keeps versions",
  () => {
    const s3 = useS3("moto");
    const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

    async function generations(count: number): Promise<void> {
      for (let index = 1; index <= count; index++)
        await at.publish({ m: `generation ${index}` });
    }

    test("removes the versions of unused content for good, and no other", async () => {
      const { bucket, client } = at.under;
      await client.send(
        new PutBucketVersioningCommand({
          Bucket: bucket,
          VersioningConfiguration: { Status: "Enabled" },
        }),
      );
      await generations(5);
      const swept = await at.store.sweepContent?.(NOW);
      expect(swept?.removed.length).toBe(4);
      const { Versions, DeleteMarkers } = await client.send(
        new ListObjectVersionsCommand({
          ...{ Bucket: bucket, Prefix: `${at.under.prefix}${OWN}objects/` },
        }),
      );
      expect([Versions?.length, DeleteMarkers ?? []]).toEqual([6, []]);
      const now = await at.store.snapshot("main");
      expect(await textAt(now, "edge/a/m")).toBe("generation 5");
    });

    test("says what a retention of the bucket does not let go", async () => {
      const locked = await s3UnderTest({
        ...s3.server,
        bucket: () => s3.server.bucket(true),
      });
      onTestFinished(() => locked.close());
      const { bucket, client } = locked;
      await client.send(
        new PutObjectLockConfigurationCommand({
          Bucket: bucket,
          ObjectLockConfiguration: {
            ObjectLockEnabled: "Enabled",
            Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } },
          },
        }),
      );
      await locked.write("main", { "model/a/w.pth": "weights" });
      for (const text of ["1", "2", "3", "4", "5"]) {
        const { ref } = await at.newDraft();
        const draft = locked.store.draft(ref);
        const keep = await draft.put(
          await at.folder({ m: text }),
          ["m"],
          "edge/a/",
        );
        await draft.publish(
          [],
          () => ({ keep, remove: [], write: new Map() }),
          { message: "", metadata: {} },
        );
        await draft.discard();
      }
      await expect(locked.store.sweepContent?.(NOW)).rejects.toMatchObject({
        ...{ exitCode: 2, code: "store-refused" },
        hint: expect.stringContaining("retention"),
      });
    });
  },
);
