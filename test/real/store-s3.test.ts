import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storeConformance } from "../store/conformance.ts";
import { inputsConformance } from "../store/conformance-inputs.ts";
import { objectsOf, textAt, useStore } from "../store/harness.ts";
import { s3UnderTest } from "../store/s3-under-test.ts";
import {
  hasS3,
  S3_KINDS,
  type S3Server,
  startS3,
} from "../support/s3-servers.ts";

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(`on ${kind}`, () => {
    let server: S3Server;
    const before = { ...process.env };
    beforeAll(async () => {
      server = await startS3(kind);
      // The SDK's own chain reads the process's variables.
      Object.assign(process.env, server.env);
    });
    afterAll(async () => {
      process.env = before;
      await server.stop();
    });

    storeConformance(`S3 (${kind})`, () => s3UnderTest(server));
    inputsConformance(`S3 (${kind})`, () => s3UnderTest(server));

    describe("copies inside the server", () => {
      const at = useStore(() => s3UnderTest(server));

      test("a branch is made with files of every name", async () => {
        const names = [
          "a b",
          "ü😀",
          "p+1",
          "per%cent",
          "%41",
          "q?&='#1",
          "d/e",
        ];
        const files = names.map((name) => [`model/n/${name}`, `of ${name}`]);
        await at.under.write("main", Object.fromEntries(files));
        await at.store.createBranch("topic", "main");
        const topic = await at.store.snapshot("topic");
        const main = await at.store.snapshot("main");
        expect(await objectsOf(topic, "")).toEqual(await objectsOf(main, ""));
        for (const [path = "", text] of files)
          expect(await textAt(topic, path)).toBe(text);
      });
    });
  });
