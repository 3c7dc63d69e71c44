import {
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { textAt, useStore } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import { hasS3 } from "../support/s3-servers.ts";
import { useS3 } from "./use-s3.ts";

const NOW = { olderThanMs: 0, dryRun: false };
const OWN = ".model-to-edge/";

describe.skipIf(!hasS3("moto"))(
  "a sweep of a bucket that keeps versions",
  () => {
    const s3 = useS3("moto");
    const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

    async function generations(count: number): Promise<void> {
      for (let index = 1; index <= count; index++)
        await at.publish({ m: `generation ${index}` });
    }

    test("removes the versions of unused content for good, and no other", async () => {
      const { bucket, client } = at.under;
      await client.send(
        new PutBucketVersioningCommand({
          Bucket: bucket,
          VersioningConfiguration: { Status: "Enabled" },
        }),
      );
      await generations(5);
      const swept = await at.store.sweepContent?.(NOW);
      expect(swept?.removed.length).toBe(4);
      const { Versions, DeleteMarkers } = await client.send(
        new ListObjectVersionsCommand({
          ...{ Bucket: bucket, Prefix: `${at.under.prefix}${OWN}objects/` },
        }),
      );
      expect([Versions?.length, DeleteMarkers ?? []]).toEqual([6, []]);
      const now = await at.store.snapshot("main");
      expect(await textAt(now, "edge/a/m")).toBe("generation 5");
    });

    test("says what a retention of the bucket does not let go", async () => {
      const locked = await s3UnderTest({
        ...s3.server,
        bucket: () => s3.server.bucket(true),
      });
      onTestFinished(() => locked.close());
      const { bucket, client } = locked;
      await client.send(
        new PutObjectLockConfigurationCommand({
          Bucket: bucket,
          ObjectLockConfiguration: {
            ObjectLockEnabled: "Enabled",
            Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } },
          },
        }),
      );
      await locked.write("main", { "model/a/w.pth": "weights" });
      for (const text of ["1", "2", "3", "4", "5"]) {
        const { ref } = await at.newDraft();
        const draft = locked.store.draft(ref);
        const keep = await draft.put(
          await at.folder({ m: text }),
          ["m"],
          "edge/a/",
        );
        await draft.publish(
          [],
          () => ({ keep, remove: [], write: new Map() }),
          { message: "", metadata: {} },
        );
        await draft.discard();
      }
      await expect(locked.store.sweepContent?.(NOW)).rejects.toMatchObject({
        ...{ exitCode: 2, code: "store-refused" },
        hint: expect.stringContaining("retention"),
      });
    });
  },
);
