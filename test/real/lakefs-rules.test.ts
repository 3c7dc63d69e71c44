import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { edgeChange, options, stagedFile, useStore } from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";

const parts = await realLakefs();

describe.skipIf(!parts)("a lakeFS repository with rules of its own", () => {
  let server: LakefsServer;
  beforeAll(async () => {
    if (parts) server = await startLakefs(parts);
  });
  afterAll(() => server?.stop());
  const at = useStore<LakefsUnderTest>(() =>
    lakefsUnderTest(server, { dirtyMs: 400, pauseMs: 20 }),
  );

  test("publishes to a protected branch, which is the recommended case", async () => {
    await server.call("PUT", at.under.path("/settings/branch_protection"), [
      { pattern: "main" },
    ]);
    await expect
      .poll(() => refusedUpload(), { timeout: 15_000, interval: 500 })
      .toBe(true);
    const { draft, keep } = await stagedFile(at);
    expect(
      (await draft.publish([], () => edgeChange(keep), options)).status,
    ).toBe("published");
  });

  async function refusedUpload(): Promise<boolean> {
    const probe = `/branches/main/objects?path=probe`;
    const refused = await server.upload(at.under.path(probe), "x").then(
      () => false,
      () => true,
    );
    if (!refused) await server.call("DELETE", at.under.path(probe));
    return refused;
  }

  test("says so where a rule covers the hidden branches too", async () => {
    await server.call("PUT", at.under.path("/settings/branch_protection"), [
      { pattern: "mte-*" },
    ]);
    await expect
      .poll(
        () =>
          stagedFile(at).then(
            () => null,
            (error: { code: string }) => error.code,
          ),
        { timeout: 15_000, interval: 500 },
      )
      .toBe("protected");
  });
});
