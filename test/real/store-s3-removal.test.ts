import { describe, expect, test } from "vitest";
import { pathsOf, textAt, useStore } from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import {
  type Exchange,
  type FaultProxy,
  faultProxy,
} from "../support/fault-proxy.ts";
import { ALL_S3, hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { landingSteps } from "./store-s3-landing.ts";
import { useS3 } from "./use-s3.ts";

const QUICK = { helpMs: 50, pollMs: 10, holdMs: 0 };
const EVERY = ALL_S3 ? 1 : 5;

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(`removing a branch in S3 (${kind})`, () => {
    const s3 = useS3(kind);
    const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server, {}, QUICK));
    const steps = landingSteps(at);

    const throughProxy = (proxy: FaultProxy, times = {}) =>
      s3StoreAt(
        at.store.url,
        { ...s3.server.env, AWS_ENDPOINT_URL_S3: proxy.endpoint },
        { ...QUICK, ...times },
      );

    async function topic(): Promise<string> {
      await steps.start("old");
      return steps.branchWith("topic", "new");
    }

    async function publishInto(branch: string, text: string) {
      const { draft } = await at.newDraft(branch);
      const folder = await at.folder({ m: text });
      const keep = await draft.put(folder, ["m"], "edge/a/");
      const outcome = await draft.publish(
        [],
        () => ({ keep, remove: [], write: new Map() }),
        { message: "publish", metadata: {} },
      );
      await draft.discard();
      return outcome.status;
    }

    test("another job publishes at any moment of it: the branch stays with it, or the publication says that it is gone", async () => {
      for (let call = 0, isDone = false; !isDone; call += EVERY) {
        const name = `topic${call}`;
        await at.store.createBranch(name, "main");
        await publishInto(name, "first");
        const head = (await at.store.head(name)) ?? "";
        const proxy = await faultProxy(s3.server.endpoint);
        const remover = await throughProxy(proxy);
        let published = "";
        let count = 0;
        proxy.before(
          () => count++ === call,
          async () => {
            published = await publishInto(name, "second");
          },
        );
        const outcome = await remover.deleteBranch(name, head);
        isDone = published === "";
        await remover.close();
        await proxy.close();

        const what = `${call}: ${outcome}, ${published}`;
        if (published === "published") {
          expect(outcome, what).toBe("moved");
          const now = await at.store.snapshot(name);
          expect(await textAt(now, "edge/a/m"), what).toBe("second");
        } else {
          expect(["", "gone"], what).toContain(published);
          expect(outcome, what).toBe("deleted");
          expect(await at.store.head(name), what).toBeNull();
        }
      }
    }, 300_000);

    test("a job that began to publish before it does not bring the branch back", async () => {
      const isIndex = ({ method, path }: Exchange) =>
        method === "PUT" && path.endsWith("/branches/topic.json");
      const head = await topic();
      const proxy = await faultProxy(s3.server.endpoint);
      const publisher = await throughProxy(proxy);
      const { ref } = await at.newDraft("topic");
      const draft = publisher.draft(ref);
      const keep = await draft.put(
        await at.folder({ m: "late" }),
        ["m"],
        "edge/a/",
      );
      proxy.before(isIndex, async () => {
        expect(await at.store.deleteBranch("topic", head)).toBe("deleted");
      });
      const outcome = await draft.publish(
        [],
        () => ({ keep, remove: [], write: new Map() }),
        { message: "publish", metadata: {} },
      );
      expect(outcome.status).toBe("gone");
      expect(await at.store.head("topic")).toBeNull();
      expect(proxy.unmet()).toBe(0);
      await publisher.close();
      await proxy.close();
    });

    test("broken off at each call: the branch is there whole or not at all, and a new one of its name has nothing of it", async () => {
      const impatient = {
        ...{ attempts: 1, patienceMs: 1, brokenMs: 1, farewellMs: 20 },
      };
      for (let call = 0, isDone = false; !isDone; call += EVERY) {
        const name = `topic${call}`;
        await at.store.createBranch(name, "main");
        await at.under.write(name, { "model/b/w.pth": "of the old branch" });
        const head = (await at.store.head(name)) ?? "";
        const proxy = await faultProxy(s3.server.endpoint);
        const remover = await throughProxy(proxy, impatient);
        let count = 0;
        proxy.fail(() => count++ >= call, "reset", Number.POSITIVE_INFINITY);
        const outcome = await remover
          .deleteBranch(name, head)
          .catch(() => null);
        isDone = outcome === "deleted" && count <= call;
        await remover.close();
        await proxy.close();

        const left = await at.store.head(name);
        expect([head, null], `${call}`).toContain(left);
        if (call % 2 === 0)
          await at.store.sweepContent?.({ olderThanMs: 0, dryRun: false });
        if (left !== null)
          expect(await at.store.deleteBranch(name, head)).toBe("deleted");

        await at.store.createBranch(name, "main");
        const paths = await pathsOf(await at.store.snapshot(name), "model/");
        expect(paths, `${call}`).not.toContain("model/b/w.pth");
      }
    }, 300_000);

    test("the target of a landing is removed in the middle: gone, or landed first and kept", async () => {
      const seen = new Set<string>();
      for (let call = 0, isDone = false; !isDone; call += ALL_S3 ? 3 : 41) {
        await at.under.close();
        at.under = await s3UnderTest(s3.server, {}, QUICK);
        at.store = at.under.store;
        const head = await topic();
        const main = (await at.store.head("main")) ?? "";
        const proxy = await faultProxy(s3.server.endpoint);
        const lander = await throughProxy(proxy);
        let removed = "";
        let count = 0;
        proxy.before(
          () => count++ === call,
          async () => {
            removed = await at.store.deleteBranch("main", main);
          },
        );
        const { status } = await steps.land(lander, "topic", head);
        isDone = removed === "";
        await lander.close();
        await proxy.close();

        const what = `${call}: ${status}, ${removed}`;
        seen.add(status);
        if (status === "landed") {
          expect(["moved", ""], what).toContain(removed);
          expect(await steps.shown(at.store), what).toBe("new");
        } else {
          expect({ status, removed }, what).toEqual({
            ...{ status: "gone", removed: "deleted" },
          });
          expect(await at.store.head("main"), what).toBeNull();
          const left = await steps.left();
          expect(
            left.filter((key) => key !== "main.json"),
            what,
          ).toEqual([]);
        }
      }
      expect([...seen].sort()).toEqual(["gone", "landed"]);
    }, 600_000);
  });
