import { describe, expect, onTestFinished, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";
import type { Draft, DraftRef } from "../../src/store/store.ts";
import { TIMING } from "../../src/store/transfer/timing.ts";
import {
  allDrafts,
  edgeChange,
  options,
  pathsOf,
  textAt,
  useStore,
} from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import {
  type FaultProxy,
  faultProxy,
  isMerge,
} from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { allStrikes, oneOfEach, someOf } from "../support/recorded-faults.ts";
import { storeContext } from "../support/store-context.ts";
import { useLakefs } from "../support/use-lakefs.ts";

import { type Commit, wrongAfter } from "./shared-strike.ts";

const parts = await realLakefs();
const { FIRE = "12" } = process.env;
const COUNT = FIRE === "all" ? Number.POSITIVE_INFINITY : Number(FIRE);
const MARK = "model-to-edge.draft";

describe.skipIf(!parts)(
  "a draft that several jobs fill, on a real lakeFS server",
  () => {
    const lakefs = useLakefs(parts);
    const at = useStore<LakefsUnderTest>(() => lakefsUnderTest(lakefs.server));

    /** The store, as a process sees it whose calls go through a proxy. */
    const through = ({ endpoint }: FaultProxy) =>
      lakefsStore(
        storeContext({
          environment: readEnvironment({
            ...lakefs.server.env,
            LAKECTL_SERVER_ENDPOINT_URL: endpoint,
          }),
        }),
        at.under.repository,
        { webUrl: null },
        {
          ...TIMING,
          ...{ pauseMs: 20, idleMs: 700, slowMs: 900, dirtyMs: 400 },
        },
      );
    const sharing = (draft: Draft) => async (name: string, text: string) => {
      const keep = await draft.put(
        await at.folder({ m: text }),
        ["m"],
        `edge/${name}/`,
      );
      const write = { [`edge/${name}/manifest.json`]: `${name} is ${text}` };
      await draft.keep(edgeChange(keep, write), options);

      return { keep, write };
    };
    const shared = async () => {
      const { ref } = await at.newDraft();
      const draft = at.store.draft(ref, { isShared: true });

      return { ref, draft, share: sharing(draft) };
    };
    const publish = (
      draft: Draft,
      { keep, write }: Awaited<ReturnType<ReturnType<typeof sharing>>>,
    ) =>
      draft.publish(Object.keys(write), () => edgeChange(keep, write), {
        ...options,
        readBack: true,
      });
    const log = async (ref: string) =>
      (
        await lakefs.server.call<{ results: Commit[] }>(
          "GET",
          at.under.path(`/refs/${ref}/commits?amount=100`),
        )
      ).results;
    const evilIn = async (commit = "main") => {
      const paths = await pathsOf(await at.store.named(commit), "edge/");
      return paths.filter((path) => path.endsWith("/evil")).length;
    };
    const partsOf = async ({ id }: DraftRef) =>
      (await allDrafts(at.store)).filter(
        (each) => each.id !== id && each.id.startsWith(id),
      );

    test("of a shared draft one commit gets into the target's history, by one merge, and neither those of the jobs nor what somebody wrote to the hidden branches", async () => {
      const before = await log("main");
      const { ref, share } = await shared();
      const kept = await share("a", "1");
      await share("b", "1");
      const [part] = await partsOf(ref);
      await at.under.write(part?.id ?? "", { "edge/x/evil": "to the job's" });
      await at.under.write(ref.id, { "edge/a/evil": "to the shared one" });
      await share("c", "1");
      await at.under.upload(ref.id, { "edge/y/evil": "and not committed" });

      const proxy = await faultProxy(lakefs.server.endpoint);
      const store = await through(proxy);
      onTestFinished(async () => {
        await store.close();
        await proxy.close();
      });
      let inDraft: Commit[] = [];
      proxy.before(isMerge, async () => {
        inDraft = await log(ref.id);
      });
      const last = store.draft(ref, { isShared: true });
      expect((await publish(last, kept)).status).toBe("published");
      const main = await at.store.snapshot("main");
      expect(await pathsOf(main, "edge/")).toEqual([
        "edge/a/m",
        "edge/a/manifest.json",
      ]);

      // Whoever made one of these part of a branch would have nobody's word for what was not checked.
      const evil: (string | undefined)[] = [];
      for (const { id, parents, metadata } of inDraft)
        if ((await evilIn(id)) > (await evilIn(parents[0])))
          evil.push(metadata[MARK]);
      expect(evil.length).toBeGreaterThanOrEqual(3);
      expect(evil.filter((mark) => mark !== undefined)).toEqual([]);

      const now = await log("main");
      const added = now.slice(0, now.length - before.length);
      expect(added.map(({ parents }) => parents.length)).toEqual([2, 1]);
      expect(added.map(({ metadata }) => metadata[MARK])).toEqual([
        ref.id,
        ref.id,
      ]);
      const squashed = await at.store.named(added[1]?.id ?? "");
      expect(await pathsOf(squashed, "edge/")).toEqual([
        "edge/a/m",
        "edge/a/manifest.json",
      ]);
      expect(await allDrafts(at.store)).toEqual([]);
    });

    test("what somebody wrote to the branch of a job costs the model that meets it, and the next one gets another branch", async () => {
      const { ref, draft, share } = await shared();
      await share("a", "1");
      const [part] = await partsOf(ref);
      await at.under.upload(part?.id ?? "", { "edge/x/evil": "not committed" });
      await expect(share("b", "1")).rejects.toMatchObject({
        code: "draft-lost",
      });
      const kept = await share("b", "2");
      expect(await partsOf(ref)).toHaveLength(2);

      expect((await publish(draft, kept)).status).toBe("published");
      expect(await textAt(await at.store.snapshot("main"), "edge/b/m")).toBe(
        "2",
      );
      expect(await allDrafts(at.store)).toEqual([]);
    });

    test("a job whose shared draft was removed meanwhile says so, and publishes nothing", async () => {
      const { ref, draft, share } = await shared();
      await share("a", "1");
      await at.store.draft(ref).discard();
      await expect(share("b", "1")).rejects.toMatchObject({
        code: "draft-lost",
        message: expect.stringContaining("it is gone"),
      });
      await draft.discard();
      expect(await allDrafts(at.store)).toEqual([]);
    });

    test("each call of a job that keeps, and of the publication after it, goes wrong in each way: published once or not at all", {
      timeout: FIRE === "all" ? 3_600_000 : 240_000,
    }, async () => {
      const proxy = await faultProxy(lakefs.server.endpoint);
      onTestFinished(() => proxy.close());
      let count = 0;

      /** A job and a publication, each a process of its own. */
      const once = async () => {
        const name = `m${count++}`;
        const { ref } = await at.newDraft();
        const stores = await Promise.all([0, 1].map(() => through(proxy)));
        const [job, last] = stores.map((store) =>
          store.draft(ref, { isShared: true }),
        );
        if (!job || !last) throw new Error("two stores have two drafts");
        const outcome = await sharing(job)(name, "1")
          .then((kept) => publish(last, kept))
          .catch((error) => error);
        for (const store of stores) await store.close();

        return { ref, name, outcome };
      };

      expect((await once()).outcome).toMatchObject({ status: "published" });
      const strikes = someOf(oneOfEach(allStrikes(proxy.exchanges)), COUNT);
      const wrong: string[] = [];
      for (const strike of strikes)
        wrong.push(...(await wrongAfter({ at, log, proxy }, strike, once)));
      console.log(`${strikes.length} strikes`);
      expect(wrong).toEqual([]);
    });
  },
);
