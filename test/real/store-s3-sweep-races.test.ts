import { describe, expect, onTestFinished, test } from "vitest";
import { hashBytes } from "../../src/disk/hash-file.ts";
import { bytesOf, objectsOf, textAt, useStore } from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import { faultProxy } from "../support/fault-proxy.ts";
import { ALL_S3, hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { useS3 } from "./use-s3.ts";

const NOW = { olderThanMs: 0, dryRun: false };

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(
    `a sweep beside publications into S3 (${kind})`,
    () => {
      const s3 = useS3(kind);
      const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

      const sweep = (wish = NOW) => at.store.sweepContent?.(wish);

      test("writers at once beside a sweep without an age: no publication loses a file", {
        timeout: 300_000,
      }, async () => {
        const names = Array.from({ length: 10 }, (_, n) => `w${n}`);
        const rounds = ALL_S3 ? 16 : 8;
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
        expect(removed).toBeGreaterThan((names.length * rounds) / 5);
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
        for (const call of some(calls, ALL_S3 ? calls : 4)) {
          proxy.forget();
          removed += await publishOld(`of ${call}`, call);
          expect(proxy.unmet()).toBe(0);
        }
        // Before the marks the content is nobody's.
        expect(removed).toBeGreaterThan(1);
      });
    },
  );

/** So many of the calls, spread; the first among them. */
function some(calls: number, most: number): number[] {
  return Array.from({ length: most }, (_, index) =>
    Math.floor((index * calls) / most),
  );
}
