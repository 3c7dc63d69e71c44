import { CopyObjectCommand, DeleteObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { pathsOf, useStore } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import { hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { isIntoModel, landingSteps } from "./store-s3-landing.ts";
import { useS3 } from "./use-s3.ts";

const QUICK = { helpMs: 50, pollMs: 10 };
/** Under `.model-to-edge/landings/`. */
const RECORD = "record.json";

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(`a damaged landing in S3 (${kind})`, () => {
    const s3 = useS3(kind);
    const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server, {}, QUICK));
    const steps = landingSteps(at);

    test("its files are gone: an error, and the steps of its hint end it", async () => {
      await steps.broken(s3.server, { from: isIntoModel });
      const { client, bucket, prefix } = at.under;
      const own = `${prefix}.model-to-edge/landings/`;
      const remove = (Key: string) =>
        client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      for (const key of await steps.left())
        if (key.includes("/files/")) await remove(own + key);

      const error: unknown = await steps
        .shown(at.store)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "landing-interrupted", exitCode: 2 });
      const hint = String(Object(error).hint);
      const [, from = "", to = ""] =
        /`aws s3 sync --delete s3:\/\/\S+?\/([^/`]+)\/model\/NAME s3:\/\/\S+?\/([^/`]+)\/model\/NAME`/.exec(
          hint,
        ) ?? [];
      const [, record = ""] =
        /`aws s3 rm s3:\/\/[^/]+\/([^`]+)`/.exec(hint) ?? [];

      const models = await pathsOf(await at.store.snapshot(from), "model/a/");
      for (const path of models)
        await client.send(
          new CopyObjectCommand({
            ...{ Bucket: bucket, Key: `${prefix}${to}/${path}` },
            CopySource: `${bucket}/${prefix}${from}/${path}`,
          }),
        );
      await remove(`${prefix}${to}/model/a/old.txt`);
      await remove(record);
      expect(await steps.shown(at.store)).toBe("new");
    });

    test("its record is of a newer version: an error that keeps it", async () => {
      await steps.broken(s3.server, { from: isIntoModel });
      const left = await steps.left();
      const record = left.find((key) => key.endsWith(RECORD)) ?? "";
      const newer = '{"kind":"s3-landing-record","version":2}';
      await at.under.write(".model-to-edge", { [`landings/${record}`]: newer });

      await expect(steps.shown(at.store)).rejects.toMatchObject({
        ...{ code: "document-version", exitCode: 2 },
        message: expect.stringContaining(record),
      });
      expect(await steps.left()).toContain(record);
    });

    test("its record is damaged: an error, and the steps of its hint end it", async () => {
      await steps.broken(s3.server, { from: isIntoModel });
      const { client, bucket, prefix } = at.under;
      const left = await steps.left();
      const record = left.find((key) => key.endsWith(RECORD)) ?? "";
      await at.under.write(".model-to-edge", { [`landings/${record}`]: "{" });

      await expect(steps.shown(at.store)).rejects.toMatchObject({
        ...{ code: "landing-interrupted", exitCode: 2 },
        hint: expect.stringContaining(`landings/${record}`),
      });
      const own = `${prefix}.model-to-edge/landings/`;
      for (const key of left.filter((each) => each.includes("/files/")))
        await client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: `${prefix}main/${key.split("/files/")[1]}`,
            CopySource: `${bucket}/${own}${key}`,
          }),
        );
      await at.under.write("main", { "model/a/old.txt": null });
      await at.under.write(".model-to-edge", { [`landings/${record}`]: null });
      expect(await steps.shown(at.store)).toBe("new");
    });
  });
