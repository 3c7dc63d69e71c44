import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { UNVERIFIABLE } from "../../src/store/store.ts";
import { storeConformance } from "../store/conformance.ts";
import { objectsOf, textAt, useStore } from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import { passTo, startFront } from "../support/fronts.ts";
import { otherEtags } from "../support/other-etags.ts";
import { ALL_S3, hasS3 } from "../support/s3-servers.ts";
import { useS3 } from "./use-s3.ts";

const NOW = { olderThanMs: 0, dryRun: false };

describe.skipIf(!hasS3("moto"))(
  "a bucket that encrypts with keys of a service",
  () => {
    const s3 = useS3("moto");

    async function encrypted(): Promise<S3UnderTest> {
      const front = await startFront(otherEtags(s3.server.endpoint));
      const address = `http://127.0.0.1:${front.port}`;
      const under = await s3UnderTest(s3.server, {
        AWS_ENDPOINT_URL_S3: address,
      });
      await under.client.send(
        new PutBucketEncryptionCommand({
          Bucket: under.bucket,
          ServerSideEncryptionConfiguration: {
            Rules: [
              {
                ApplyServerSideEncryptionByDefault: {
                  ...{ SSEAlgorithm: "aws:kms", KMSMasterKeyID: "models" },
                },
              },
            ],
          },
        }),
      );

      return {
        ...under,
        async write(branch, files) {
          for (const [path, content] of Object.entries(files)) {
            const Key = `${under.prefix}${branch}/${path}`;
            const at = { Bucket: under.bucket, Key };
            await under.client.send(
              content === null
                ? new DeleteObjectCommand(at)
                : new PutObjectCommand({
                    ...{ ...at, Body: Buffer.from(content) },
                    ChecksumAlgorithm: "SHA256",
                  }),
            );
          }
        },
        async close() {
          await under.close();
          await front.close();
        },
      };
    }

    const at = useStore<S3UnderTest>(encrypted);

    const downloaded = async () => {
      const main = await at.store.snapshot("main");
      const objects = await objectsOf(main, "model/");
      const files = await main.download(objects, at.place());
      return files.map(({ token }, index) =>
        token === objects[index]?.token ? "proved" : token,
      );
    };

    test("publishes and reads although no ETag is an md5", async () => {
      expect((await at.publish({ m: "1" })).status).toBe("published");
      expect((await at.publish({ m: "1" })).status).toBe("unchanged");
      expect((await at.publish({ m: "2" })).status).toBe("published");
      const main = await at.store.snapshot("main");
      expect(await textAt(main, "edge/a/m")).toBe("2");
    });

    test("proves models that were uploaded with their sha256; others can be used, and no run relies on their token", async () => {
      expect(await downloaded()).toEqual(["proved", "proved"]);
      const { client, bucket, prefix } = at.under;
      await client.send(
        new PutObjectCommand({
          ...{ Bucket: bucket, Key: `${prefix}main/model/a/w.pth` },
          Body: Buffer.from("without"),
        }),
      );
      expect(await downloaded()).toEqual(["proved", UNVERIFIABLE]);
    });

    test("finds bytes that somebody changed there, though their length is the same", async () => {
      await at.publish({ m: "good" });
      const main = await at.store.snapshot("main");
      const [good] = await objectsOf(main, "edge/");
      const key = `objects/${good?.token.replace("sha256:", "")}`;
      await at.under.write(".model-to-edge", { [key]: "evil" });
      await expect(main.read("edge/a/m", 99)).rejects.toMatchObject({
        code: "corrupt-object",
      });
      await at.publish({ m: "good" });
      expect(await textAt(main, "edge/a/m")).toBe("good");
    });

    if (ALL_S3) storeConformance("S3 with other ETags", encrypted);
  },
);

describe.skipIf(!hasS3("moto"))("a bucket whose requester pays", () => {
  const s3 = useS3("moto");
  const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

  /** The same store before a server that answers who does not say that he pays as Amazon does. */
  async function storeWith(variables: Record<string, string>): Promise<Store> {
    const front = await startFront((incoming, outgoing) => {
      if (incoming.headers["x-amz-request-payer"] === "requester")
        return passTo(s3.server.endpoint)(incoming, outgoing);

      incoming.resume();
      outgoing
        .writeHead(403, { "content-type": "application/xml" })
        .end(
          "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        );
    });
    onTestFinished(() => front.close());
    const store = await s3StoreAt(at.store.url, {
      ...{ ...s3.server.env, ...variables },
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${front.port}`,
    });
    onTestFinished(() => store.close());

    return store;
  }

  test("refuses who does not say that he pays, and names the variable", async () => {
    const store = await storeWith({});
    await expect(store.verify()).rejects.toMatchObject({
      ...{ exitCode: 2, code: "store-refused" },
      hint: expect.stringContaining("AWS_REQUEST_PAYER=requester"),
    });
  });

  test("takes each call of who pays", async () => {
    const store = await storeWith({ AWS_REQUEST_PAYER: "requester" });
    await store.verify({ transfers: true });
    const draft = store.draft((await at.newDraft()).ref);
    const large = "x".repeat(9 << 20);
    const folder = await at.folder({ large, m: "1" });
    const keep = await draft.put(folder, ["large", "m"], "edge/a/");
    const change = { keep, remove: [], write: new Map() };
    await draft.publish([], () => change, { message: "", metadata: {} });
    await draft.discard();
    await store.createBranch("topic", "main");
    const topic = await store.snapshot("topic");
    await topic.download(await objectsOf(topic, ""), at.place());
    await store.sweepContent?.(NOW);
    expect(await textAt(topic, "edge/a/m")).toBe("1");
  });
});

describe.skipIf(!hasS3("moto"))("objects under a legal hold", () => {
  const s3 = useS3("moto");
  const at = useStore<S3UnderTest>(() =>
    s3UnderTest({ ...s3.server, bucket: () => s3.server.bucket(true) }),
  );

  test("publications go on, and a sweep says which content the hold keeps", async () => {
    const { client, bucket } = at.under;
    for (const m of ["1", "2", "3", "4", "5"]) await at.publish({ m });
    const all = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket }),
    );
    for (const { Key, VersionId } of all.Versions ?? [])
      await client.send(
        new PutObjectLegalHoldCommand({
          ...{ Bucket: bucket, Key, VersionId },
          LegalHold: { Status: "ON" },
        }),
      );

    expect((await at.publish({ m: "6" })).status).toBe("published");
    expect(await textAt(await at.store.snapshot("main"), "edge/a/m")).toBe("6");
    await expect(at.store.sweepContent?.(NOW)).rejects.toMatchObject({
      ...{ exitCode: 2, code: "store-refused" },
      message: expect.stringContaining("s3:DeleteObjectVersion"),
      hint: expect.stringContaining("retention"),
    });
    expect((await at.publish({ m: "7" })).status).toBe("published");
    expect(await textAt(await at.store.snapshot("main"), "edge/a/m")).toBe("7");
  });
});
