import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { objectsOf, useStore } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import { type FaultProxy, faultProxy } from "../support/fault-proxy.ts";
import {
  ALL_S3,
  hasS3,
  type S3Server,
  startS3,
} from "../support/s3-servers.ts";

/** Half of them beside the models of the branch, half beside the store. */
const FOREIGN = 100_000;

// A minute, most of it to make them.
describe.skipIf(!ALL_S3 || !hasS3("versitygw"))(
  "a bucket with many foreign objects",
  () => {
    let server: S3Server;
    let proxy: FaultProxy;
    let below: string;
    const before = { ...process.env };
    beforeAll(async () => {
      below = mkdtempSync(join(tmpdir(), "foreign-"));
      server = await startS3("versitygw", below);
      proxy = await faultProxy(server.endpoint);
      Object.assign(process.env, server.env);
    });
    afterAll(async () => {
      process.env = before;
      await proxy.close();
      await server.stop();
      rmSync(below, { recursive: true });
    });
    const at = useStore<S3UnderTest>(() =>
      s3UnderTest(server, { AWS_ENDPOINT_URL_S3: proxy.endpoint }),
    );

    /** versitygw shows each file of its folder as an object. */
    function addForeign(): void {
      const [own = ""] = readdirSync(below);
      const bucket = join(below, own, "data", at.under.bucket);
      const branch = join(bucket, at.under.prefix, "main");
      for (const folder of [join(branch, "data"), join(bucket, "elsewhere")]) {
        mkdirSync(folder);
        for (let index = 0; index < FOREIGN / 2; index++)
          writeFileSync(join(folder, `d${index}`), "");
      }
    }

    /** The calls of what a run asks the store. */
    async function look(store: Store): Promise<number> {
      proxy.forget();
      const main = await store.snapshot("main");
      for (const top of ["model/", "edge/", "evidence/"])
        await objectsOf(main, top);
      await at.publish({ m: String(Math.random()) });
      await store.head("main");

      return proxy.exchanges.length;
    }

    test("costs no call more: only model, edge and evidence are listed", {
      timeout: 300_000,
    }, async () => {
      await at.publish({ m: "1" });
      await look(at.store);
      const without = await look(at.store);
      addForeign();
      const among = await look(at.store);
      expect(among).toBe(without);

      const listed = proxy.exchanges
        .filter(({ query }) => query.has("list-type"))
        .map(({ query }) => query.get("prefix") ?? "");
      for (const prefix of listed)
        expect(prefix).toMatch(
          /main\/(model|edge|evidence)\/$|\.model-to-edge\//,
        );
    });
  },
);
