import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UNVERIFIABLE } from "../../src/store/store.ts";
import { objectsOf, useStore } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import { type FaultProxy, faultProxy } from "../support/fault-proxy.ts";
import { hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { useS3 } from "./use-s3.ts";

const MIB = 1 << 20;

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(
    `an object that a person uploaded (${kind})`,
    () => {
      const s3 = useS3(kind);
      let proxy: FaultProxy;
      beforeAll(async () => {
        proxy = await faultProxy(s3.server.endpoint);
      });
      afterAll(() => proxy.close());
      const at = useStore<S3UnderTest>(() =>
        s3UnderTest(s3.server, { AWS_ENDPOINT_URL_S3: proxy.endpoint }),
      );

      async function downloaded() {
        const snapshot = await at.store.snapshot("main");
        const [listed] = await objectsOf(snapshot, "model/a/w.bin");
        if (!listed) throw new Error("it is not there");
        const [file] = await snapshot.download([listed], at.place());
        return { listed: listed.token, known: file?.token };
      }

      /** Each reading of it has the same wrong byte: a cache's. */
      const spoil = () =>
        proxy.fail(
          ({ method, path }) => method === "GET" && path.endsWith("/w.bin"),
          { flip: "answer", at: 0.5 },
          100,
        );

      test("in parts of an unusual size is proved, and not verifiable if it arrives changed", async () => {
        const content = randomBytes(15 * MIB + 1000);
        await at.under.upload("main/model/a/w.bin", content, 7 * MIB);
        const { listed, known } = await downloaded();
        expect(known).toBe(listed);
        spoil();
        expect((await downloaded()).known).toBe(UNVERIFIABLE);
        proxy.forget();
      });

      test("and is read whole is refused if each reading has the same wrong byte", async () => {
        const path = "model/a/config.py";
        const snapshot = await at.store.snapshot("main");
        proxy.fail(
          (exchange) =>
            exchange.method === "GET" && exchange.path.endsWith(path),
          { flip: "answer", at: 0.5 },
          100,
        );
        await expect(snapshot.read(path, 1000)).rejects.toMatchObject({
          exitCode: 3,
          message: expect.stringContaining(path),
        });
        proxy.forget();
      });

      test("whole is refused if each reading has the same wrong byte", async () => {
        await at.under.write("main", { "model/a/w.bin": randomBytes(6 * MIB) });
        spoil();
        await expect(downloaded()).rejects.toMatchObject({
          ...{ exitCode: 3, code: "corrupt-object" },
          message: expect.stringContaining("model/a/w.bin"),
        });
        proxy.forget();
      });
    },
  );
