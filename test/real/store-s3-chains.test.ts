import { describe, expect, test } from "vitest";
import { bytesOf, textAt, useStore } from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import { type Exchange, faultProxy } from "../support/fault-proxy.ts";
import { ALL_S3, hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { wishOf } from "./landing-wish.ts";
import { useS3 } from "./use-s3.ts";

/** Publications of `main`, and what may be read for one more, or for a landing: a long chain costs what a short one does. */
const LENGTHS = ALL_S3 ? [5, 60, 100] : [5, 30];
const MOST = 45;

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(`long chains in S3 (${kind})`, () => {
    const s3 = useS3(kind);
    const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

    /** A job of its own: what it does, and what it asks the server for on the way. */
    async function job<T>(
      work: (store: Awaited<ReturnType<typeof s3StoreAt>>) => Promise<T>,
    ) {
      const proxy = await faultProxy(s3.server.endpoint);
      const env = { ...s3.server.env, AWS_ENDPOINT_URL_S3: proxy.endpoint };
      const store = await s3StoreAt(at.store.url, env);
      const result = await work(store);
      await store.close();
      await proxy.close();
      const records = proxy.exchanges.filter(isOfRecord).length;
      return { result, records, calls: proxy.exchanges.length };
    }

    /** A publication of a pointer, of inputs that lie there now. */
    const publish = (name: string, branch = "main") =>
      job(async (store) => {
        const { ref } = await at.newDraft(branch);
        const draft = store.draft(ref);
        const path = `edge/${name}/manifest.json`;
        const input = (await store.head(branch)) ?? "";
        const outcome = await draft.publish(
          [path],
          () => ({ keep: [], remove: [], write: bytesOf({ [path]: name }) }),
          { message: "publish", metadata: {}, input },
        );
        await draft.discard();
        return outcome.status;
      });

    const land = async () => {
      const head = (await at.store.head("topic")) ?? "";
      return job(
        async (store) => (await store.land(wishOf("topic", head))).status,
      );
    };

    test.each(LENGTHS)(
      "of %i publications: a new model, and a landing, read few records",
      async (length) => {
        for (let index = 1; index < length; index++) await publish(`n${index}`);
        const published = await publish("new");
        await at.store.createBranch("topic", "main");
        await at.under.write("topic", { "model/a/w.pth": "landed" });
        await publish("a", "topic");
        const landed = await land();

        console.log(
          `${kind}, ${length} publications: of records ${published.records} calls of ${published.calls} (publish), ${landed.records} of ${landed.calls} (land)`,
        );
        expect([published.result, landed.result]).toEqual([
          ...["published", "landed"],
        ]);
        expect(published.records).toBeLessThanOrEqual(MOST);
        expect(landed.records).toBeLessThanOrEqual(MOST);
        const main = await at.store.snapshot("main");
        expect(await textAt(main, "edge/a/manifest.json")).toBe("a");
        expect(await textAt(main, "edge/n1/manifest.json")).toBe("n1");
      },
      900_000,
    );

    test("without a list of records, with an old, a damaged or a foreign one, a landing is the same", async () => {
      for (let index = 1; index < 12; index++)
        await at.publish({ m: `${index}` });
      const key = "chains/main.json";
      const lists = [
        ...["{", "[]", '{"records":[null,1,{"parent":"x"}]}'],
        '{"kind":"s3-chain","version":2,"records":"elsewhere"}',
      ];
      for (const [index, list] of [null, ...lists].entries()) {
        await at.under.write(".model-to-edge", { [key]: list });
        const name = `topic${index}`;
        await at.store.createBranch(name, "main");
        const path = "edge/a/manifest.json";
        await at.under.write(name, { "model/a/w.pth": `${index}` });
        const { draft } = await at.newDraft(name);
        const write = bytesOf({ [path]: `${index}` });
        await draft.publish([], () => ({ keep: [], remove: [], write }), {
          ...{ message: "publish", metadata: {} },
        });
        await draft.discard();
        const head = (await at.store.head(name)) ?? "";
        const landed = await job((store) => store.land(wishOf(name, head)));
        expect(landed.result.status, `${list}`).toBe("landed");
        const main = await at.store.snapshot("main");
        expect(await textAt(main, path)).toBe(`${index}`);
      }
    }, 300_000);
  });

function isOfRecord({ method, path }: Exchange): boolean {
  return method === "GET" && /\.model-to-edge\/(commits|chains)\//.test(path);
}
