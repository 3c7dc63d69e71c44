import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from "vitest";
import { readEnvironment } from "../../src/environment.ts";
import { TIMING } from "../../src/store/lakefs/timing.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";
import { useStore } from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import {
  type Exchange,
  type FaultProxy,
  faultProxy,
} from "../support/fault-proxy.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import { storeContext } from "../support/store-context.ts";

const parts = await realLakefs();
const PATIENCE = {
  pauseMs: 10,
  longestPauseMs: 50,
  idleMs: 500,
  slowMs: 1_000,
};
const reading = ({ method, path }: Exchange) =>
  method === "GET" && /\/branches\/main$/.test(path);

describe.skipIf(!parts)("a lakeFS server that does not answer", () => {
  let server: LakefsServer;
  let proxy: FaultProxy;
  beforeAll(async () => {
    if (parts) server = await startLakefs(parts);
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    proxy = await faultProxy(server.endpoint);
    return () => proxy.close();
  });
  const at = useStore<LakefsUnderTest>(() =>
    lakefsUnderTest(server, PATIENCE, proxy.endpoint),
  );

  test("says once that it waits for the server", async () => {
    const ctx = storeContext({
      environment: readEnvironment({
        ...server.env,
        LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
      }),
    });
    const store = await lakefsStore(
      ctx,
      at.under.repository,
      { webUrl: null },
      { ...TIMING, ...PATIENCE },
    );
    proxy.fail(reading, 503, 6);
    expect(await store.head("main")).toEqual(expect.any(String));
    expect(ctx.lines).toEqual([expect.stringMatching(/trying again$/)]);
  });

  test("gives up in the end, and says what to look at", async () => {
    const endpoint = proxy.endpoint;
    proxy.fail(
      ({ path }) => path.startsWith("/api/v1/repositories/"),
      "reset",
      100,
    );
    await expect(at.store.verify()).rejects.toMatchObject({
      exitCode: 3,
      code: "store-unreachable",
      message: expect.stringContaining(endpoint),
      hint: expect.stringContaining("LAKECTL_SERVER_ENDPOINT_URL"),
    });
  });
});
