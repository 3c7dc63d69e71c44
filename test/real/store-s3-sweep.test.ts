import { describe, expect, onTestFinished, test } from "vitest";
import { pathsOf, textAt, useStore } from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import { passTo, startFront } from "../support/fronts.ts";
import { hasS3, S3_KINDS, type S3Server } from "../support/s3-servers.ts";
import { s3Files } from "./s3-files.ts";
import { useS3 } from "./use-s3.ts";

const NOW = { olderThanMs: 0, dryRun: false };
const OWN = ".model-to-edge/";

for (const kind of S3_KINDS)
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

    test("a run that is stopped removes its marks", async () => {
      const stopping = new AbortController();
      const store = await s3StoreAt(
        at.store.url,
        ...[s3.server.env, {}, { signal: stopping.signal }],
      );
      onTestFinished(() => store.close());
      const { ref } = await at.newDraft();
      const draft = store.draft(ref);
      const folder = await at.folder({ m: "1" });
      const keep = await draft.put(folder, ["m"], "edge/a/");
      const compose = () => {
        stopping.abort(new Error("stopped"));
        return { keep, remove: [], write: new Map() };
      };
      const options = { message: "", metadata: {} };
      await expect(draft.publish([], compose, options)).rejects.toThrow();
      await draft.discard();
      expect(await names("drafts/")).toEqual([]);
      expect(await names("holds/")).toEqual([]);
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

      // The other server refuses a request whose signed headers are gone.
      if (kind === "moto") {
        const ignoring = await behind(s3.server, at.store.url);
        expect(await ignoring.sweepContent?.(NOW)).toMatchObject({
          ...{ removed: [], kept: expect.stringContaining("If-None-Match") },
        });
      }
      expect(await names("objects/")).toEqual(before);
    });
  });

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
