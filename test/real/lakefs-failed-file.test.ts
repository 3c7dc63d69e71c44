import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  edgeChange,
  objectsOf,
  options,
  type StoreHarness,
  stagedFile,
  useStore,
} from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import type { Exchange } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useFaultProxy, useLakefs } from "../support/use-lakefs.ts";

const parts = await realLakefs();
const MIB = 1 << 20;
const QUICK = {
  ...{ attempts: 3, pauseMs: 5, longestPauseMs: 20, idleMs: 10_000 },
  ...{ patienceMs: 200, brokenMs: 200 },
};

type At = StoreHarness<LakefsUnderTest>;
const put = (bytes: number) => async (at: At) => {
  const { draft } = await at.newDraft();
  return draft.put(
    await at.folder({ m: randomBytes(bytes) }),
    ["m"],
    "edge/a/",
  );
};
const publish = (at: At) =>
  at.publish({ m: "1" }, [], { "edge/a/manifest.json": "{}" });
const proveKept = async (at: At) => {
  const { draft, keep } = await stagedFile(at);
  const wish = { ...options, readBack: true };
  return draft.publish([], () => edgeChange(keep), wish);
};
const main = (at: At) => at.store.snapshot("main");

/** Of the S3 gateway. */
const asks = (method: string, path: string) => (exchange: Exchange) =>
  exchange.method === method && exchange.path.endsWith(`/${path}`);
const asksFor = (method: string, parameter: string) => (exchange: Exchange) =>
  exchange.method === method && exchange.query.has(parameter);
/** Of lakeFS's own API. */
const reads = (path: string) => (exchange: Exchange) =>
  exchange.method === "GET" &&
  exchange.path.endsWith("/objects") &&
  exchange.query.get("path") === path;

const CASES: {
  what: string;
  fails: (exchange: Exchange) => boolean;
  work: (at: At) => Promise<unknown>;
  says: string;
}[] = [
  {
    what: "a small file is uploaded",
    fails: asks("PUT", "edge/a/m"),
    work: put(10),
    says: "the upload of `edge/a/m`",
  },
  {
    what: "a larger file is uploaded",
    fails: asks("PUT", "edge/a/m"),
    work: put(20 * MIB),
    says: "the upload of `edge/a/m`",
  },
  {
    what: "an upload in parts begins",
    fails: asksFor("POST", "uploads"),
    work: put(70 * MIB),
    says: "the upload of `edge/a/m`",
  },
  {
    what: "a part is uploaded",
    fails: asksFor("PUT", "partNumber"),
    work: put(70 * MIB),
    says: "the upload of `edge/a/m`",
  },
  {
    what: "a manifest is written",
    fails: asks("PUT", "edge/a/manifest.json"),
    work: publish,
    says: "the upload of `edge/a/manifest.json`",
  },
  {
    what: "a file is downloaded",
    fails: asks("GET", "model/a/w.pth"),
    work: async (at) => {
      const snapshot = await main(at);
      const objects = await objectsOf(snapshot, "model/a/w.pth");
      return snapshot.download(objects, at.place());
    },
    says: "the download of `model/a/w.pth`",
  },
  {
    what: "a small file is read",
    fails: reads("model/a/w.pth"),
    work: async (at) => (await main(at)).read("model/a/w.pth", MIB),
    says: "the reading of `model/a/w.pth`",
  },
  {
    what: "what another job uploaded is read back",
    fails: asks("GET", "edge/a/m"),
    work: proveKept,
    says: "the reading of `edge/a/m`",
  },
];

describe.skipIf(!parts)("a lakeFS server that fails whenever", () => {
  const lakefs = useLakefs(parts);
  const line = useFaultProxy(lakefs);
  const at = useStore<LakefsUnderTest>(() =>
    lakefsUnderTest(lakefs.server, QUICK, line.proxy.endpoint),
  );

  test.each(CASES)("$what: the error names the file", async (row) => {
    line.proxy.fail(row.fails, 500, 1_000);
    await expect(row.work(at)).rejects.toMatchObject({
      ...{ exitCode: 3, code: "store-failed" },
      message: expect.stringContaining(`answered 500 to ${row.says}: `),
    });
  });

  test.each(CASES)(
    "$what, and no answer comes: the error names the file",
    async (row) => {
      line.proxy.fail(row.fails, "reset", 1_000);
      await expect(row.work(at)).rejects.toMatchObject({
        ...{ exitCode: 3, code: "store-unreachable" },
        message: expect.stringContaining(`does not answer ${row.says}: `),
      });
    },
  );
});
