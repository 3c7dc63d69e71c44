import { afterAll, beforeAll, describe } from "vitest";
import { storeConformance } from "../store/conformance.ts";
import { lakefsUnderTest } from "../store/lakefs-under-test.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";

const parts = await realLakefs();

describe.skipIf(!parts)("on a real lakeFS server", () => {
  let server: LakefsServer;
  beforeAll(async () => {
    if (parts) server = await startLakefs(parts);
  });
  afterAll(() => server?.stop());

  storeConformance("lakeFS", () => lakefsUnderTest(server));
});
