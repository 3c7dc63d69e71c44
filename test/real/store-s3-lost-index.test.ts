import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { textAt, useStore } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import { hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { landingSteps } from "./store-s3-landing.ts";
import { useS3 } from "./use-s3.ts";

const WEIGHTS = "model/a/w.pth";

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(
    `a branch in S3 without its index (${kind})`,
    () => {
      const s3 = useS3(kind);
      const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));
      const steps = landingSteps(at);

      test("gets nothing of what was landed in it long ago", async () => {
        await steps.start("old");
        const head = await steps.branchWith("topic", "new");
        await steps.land(at.store, "topic", head);
        await at.under.write("main", { [WEIGHTS]: "newest" });
        await steps.prove("main", "newest");
        const { client, bucket, prefix } = at.under;
        const Key = `${prefix}.model-to-edge/branches/main.json`;
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));

        const store = await at.under.opened();
        const outcome = await steps.land(store, "topic", head);
        const now = await store.snapshot("main");
        expect([outcome.status, await textAt(now, WEIGHTS)]).toEqual([
          "conflict",
          "newest",
        ]);
        await store.close();
      });
    },
  );
