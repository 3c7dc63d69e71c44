import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { UNVERIFIABLE } from "../../src/store/store.ts";
import { objectsOf, useStore } from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import { clientOf, uploadInParts } from "../store/s3-under-test.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useFaultProxy, useLakefs } from "../support/use-lakefs.ts";

const parts = await realLakefs();
const MIB = 1 << 20;

describe.skipIf(!parts)(
  "an object of lakeFS, which keeps no number of parts",
  () => {
    const lakefs = useLakefs(parts);
    const line = useFaultProxy(lakefs);
    const at = useStore<LakefsUnderTest>(() =>
      lakefsUnderTest(lakefs.server, { pauseMs: 10 }, line.proxy.endpoint),
    );

    /** Uploads it in such parts, commits, downloads it, and gives its token, as listed and as it is known then. */
    async function tokensOf(content: Buffer, partSize: number) {
      const { env, endpoint } = lakefs.server;
      const keys = {
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: env.LAKECTL_CREDENTIALS_ACCESS_KEY_ID ?? "",
        AWS_SECRET_ACCESS_KEY: env.LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY ?? "",
      };
      const client = clientOf({ endpoint, env: keys });
      const place = { Bucket: at.under.repository, Key: "main/model/a/w" };
      await uploadInParts(client, place, content, partSize);
      client.destroy();
      await at.under.write("main", {});
      return downloaded();
    }

    async function downloaded() {
      const snapshot = await at.store.snapshot("main");
      const [listed] = await objectsOf(snapshot, "model/a/w");
      if (!listed) throw new Error("it is not there");
      const [file] = await snapshot.download([listed], at.place());
      return { listed: listed.token, known: file?.token };
    }

    test.each([
      ["a usual", 8],
      ["an unusual", 7],
    ])("in parts of %s size is proved", async (_what, mib) => {
      const tokens = await tokensOf(randomBytes(15 * MIB + 1000), mib * MIB);
      expect(tokens.known).toBe(tokens.listed);
    });

    test("in parts of no whole MiB is not verifiable", async () => {
      const tokens = await tokensOf(randomBytes(12 * MIB), 6_000_000);
      expect(tokens.known).toBe(UNVERIFIABLE);
    });

    test("that arrives twice with the same wrong byte is not taken for the store's", async () => {
      await at.under.write("main", { "model/a/w": randomBytes(6 * MIB) });
      line.proxy.fail(
        ({ method, path }) => method === "GET" && path.endsWith("/model/a/w"),
        { flip: "answer", at: 0.5 },
        100,
      );
      expect((await downloaded()).known).toBe(UNVERIFIABLE);
      line.proxy.forget();
    });
  },
);
