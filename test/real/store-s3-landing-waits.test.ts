import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Context } from "../../src/context.ts";
import { useStore } from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import { type Exchange, faultProxy } from "../support/fault-proxy.ts";
import { hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { storeContext } from "../support/store-context.ts";
import { landingSteps } from "./store-s3-landing.ts";
import { useS3 } from "./use-s3.ts";

/** Dead after a second without a sign, of which a living job gives twenty. */
const TIMES = { beatMs: 50, helpMs: 1_000, leasePollMs: 20, pollMs: 20 };

/** A copy of what a landing brings, to the place beside the branch: before its publication. */
const isStaging = ({ method, path }: Exchange) =>
  method === "PUT" && /\/landings\/main\/[^/]+\/files\//.test(path);

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(`landings that meet in S3 (${kind})`, () => {
    const s3 = useS3(kind);
    const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server, {}, TIMES));
    const steps = landingSteps(at);

    async function storeAt(endpoint: string) {
      const { lines, ...ctx } = storeContext();
      const env = { ...s3.server.env, AWS_ENDPOINT_URL_S3: endpoint };
      const overrides: Partial<Context> = { log: ctx.log };
      const store = await s3StoreAt(at.store.url, env, TIMES, overrides);
      onTestFinished(() => store.close());
      return { store, lines };
    }

    test("one that was killed before its publication is waited for as long as a sign of it may be late, and the log says so at once", async () => {
      await steps.broken(s3.server, { from: isStaging });
      const head = await steps.branchWith("next", "newer");
      const { store, lines } = await storeAt(s3.server.endpoint);

      const landing = steps.land(store, "next", head);
      while (lines.length === 0) await sleep(5);
      expect(lines).toEqual([
        "another job lands topic in main: this one waits until it has ended, up to 600 s; if that job shows no sign of life for 1 s, this one takes its place",
      ]);

      expect(await landing).toMatchObject({ status: "landed" });
      expect(lines.slice(1)).toEqual([
        "the job that landed topic in main has shown no sign of life for 1 s: this one takes its place",
      ]);
      expect(await steps.shown(at.store)).toBe("newer");
    }, 60_000);

    test("one that lives is waited for, however long its copies take", async () => {
      await steps.start("old");
      const head = await steps.branchWith("topic", "new");
      const other = await steps.branchWith("other", "newer");
      const proxy = await faultProxy(s3.server.endpoint);
      onTestFinished(() => proxy.close());
      const first = await storeAt(proxy.endpoint);
      const second = await storeAt(s3.server.endpoint);
      const order: string[] = [];
      let waiter: Promise<unknown> = Promise.resolve();
      proxy.before(isStaging, async () => {
        waiter = steps
          .land(second.store, "other", other)
          .then(({ status }) => order.push(`second: ${status}`));
        await sleep(4 * TIMES.helpMs);
      });

      const { status } = await steps.land(first.store, "topic", head);
      order.push(`first: ${status}`);
      await waiter;
      expect(order).toEqual(["first: landed", "second: conflict"]);
      expect(second.lines).toEqual([
        expect.stringContaining("another job lands topic in main"),
      ]);
      expect(await steps.shown(at.store)).toBe("new");
    }, 60_000);
  });
