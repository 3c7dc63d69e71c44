import { afterAll, beforeAll, describe } from "vitest";
import { storeConformance } from "../store/conformance.ts";
import { s3UnderTest } from "../store/s3-under-test.ts";
import { hasS3, type S3Server, startS3 } from "../support/s3-servers.ts";

/** A server of its own takes long: the second with `npm run test:s3`. */
const KINDS =
  process.env.S3_SERVERS === "all"
    ? (["moto", "versitygw"] as const)
    : (["moto"] as const);

for (const kind of KINDS)
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
  });
