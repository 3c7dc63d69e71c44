import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";
import { TIMING } from "../../src/store/transfer/timing.ts";
import { useStore } from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import { commandLine } from "../support/command-line.ts";
import type { Exchange } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { storeContext } from "../support/store-context.ts";
import { useFaultProxy, useLakefs } from "../support/use-lakefs.ts";

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
  const lakefs = useLakefs(parts);
  const line = useFaultProxy(lakefs);
  const at = useStore<LakefsUnderTest>(() =>
    lakefsUnderTest(lakefs.server, PATIENCE, line.proxy.endpoint),
  );

  test("says once that it waits for the server", async () => {
    const ctx = storeContext({
      environment: readEnvironment({
        ...lakefs.server.env,
        LAKECTL_SERVER_ENDPOINT_URL: line.proxy.endpoint,
      }),
    });
    const store = await lakefsStore(
      ctx,
      at.under.repository,
      { webUrl: null },
      { ...TIMING, ...PATIENCE },
    );
    line.proxy.fail(reading, 503, 6);
    expect(await store.head("main")).toEqual(expect.any(String));
    expect(ctx.lines).toEqual([
      expect.stringMatching(
        /answered 503 \(a fault of the test\); trying again/,
      ),
      expect.stringMatching(/answers again, \d+ s later$/),
    ]);
  });

  test("is asked again where a connection dies without a word, and the process does not end before that", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
    // What undici does now and then where the server is killed: a promise that only its limit of time ends.
    const dies = `
      const genuine = fetch;
      let calls = 0;
      globalThis.fetch = (input, init) =>
        ++calls === 2
          ? new Promise((_, reject) =>
              init.signal.addEventListener("abort", () => reject(init.signal.reason)))
          : genuine(input, init);`;
    writeFileSync(join(cwd, "dies.mjs"), dies);
    const run = await commandLine(
      [
        ...["sweep", "--store", `lakefs://${at.under.repository}`],
        ...["--patience", "4s"],
      ],
      {
        cwd,
        env: {
          ...lakefs.server.env,
          NODE_OPTIONS: `--import ${join(cwd, "dies.mjs")}`,
        },
      },
    );
    rmSync(cwd, { recursive: true });
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringContaining("1 request had to be sent again"),
    ]);
  });

  test("gives up in the end, and says what to look at", async () => {
    const endpoint = line.proxy.endpoint;
    line.proxy.fail(
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
