import { DeleteObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { textAt, useStore } from "../store/harness.ts";
import { removedRecord } from "../store/removed-record.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import { hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { useS3 } from "./use-s3.ts";

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(
    `what a person, or a rule of the bucket, removes from S3 (${kind})`,
    () => {
      const s3 = useS3(kind);
      const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

      const publish = () =>
        at.publish({ m: "1" }, [], { "evidence/a/verdict.json": "green" });

      async function removeAll(folder: string): Promise<number> {
        const { client, bucket, prefix } = at.under;
        const below = `${prefix}.model-to-edge/${folder}/`;
        const { Contents = [] } = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: below }),
        );
        for (const { Key } of Contents)
          await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
        return Contents.length;
      }

      const published = async () => {
        const outcome = await publish();
        if (!("commit" in outcome)) throw new Error(outcome.status);
        return outcome.commit;
      };

      /** By a process that has read nothing yet, as `fetch` is one. */
      async function expectThere(ref: string): Promise<void> {
        const store = await at.under.opened();
        const snapshot = await store.named(ref);
        expect(await textAt(snapshot, "edge/a/m")).toBe("1");
        expect(await textAt(snapshot, "evidence/a/verdict.json")).toBe("green");
        await store.close();
      }

      test("all content: the same publication again puts it back, and its commit is found", async () => {
        await published();
        expect(await removeAll("objects")).toBeGreaterThan(2);

        await expectThere(await published());
        await expectThere("main");
      });

      test("the indexes: the same publication again makes one", async () => {
        await published();
        expect(await removeAll("branches")).toBe(1);

        expect((await publish()).status).toBe("published");
        await expectThere("main");
      });

      test("the records of commits: the branch shows what it did, and its commit is found, also after the next one", async () => {
        const commit = await published();
        expect(await removeAll("commits")).toBe(1);

        await expectThere("main");
        await expectThere(commit);
        expect((await at.publish({ m: "2" })).status).toBe("published");
        expect(await textAt(await at.store.named("main"), "edge/a/m")).toBe(
          "2",
        );
        await expectThere(commit);
      });

      test("the lists of files and the indexes: the error says that the branch shows nothing", async () => {
        const commit = await published();
        for (const folder of ["objects", "branches"]) await removeAll(folder);

        await expect(at.store.named(commit)).rejects.toMatchObject({
          ...{ code: "snapshot-gone", exitCode: 2 },
          message: `the publication ${commit} is not in the store any more: someone removed it, and branch main shows nothing published`,
        });
      });

      removedRecord(at, () => removeAll("commits"));

      test("all of the store's own: the same publication again makes it", async () => {
        await published();
        for (const folder of ["objects", "branches", "commits"])
          await removeAll(folder);

        await expectThere(await published());
        await expectThere("main");
      });
    },
  );
