import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";
import type { Store } from "../../src/store/store.ts";
import { TIMING } from "../../src/store/transfer/timing.ts";
import { edgeChange, objectsOf, options, useStore } from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import type { Exchange, Fault } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { storeContext } from "../support/store-context.ts";
import { useFaultProxy, useLakefs } from "../support/use-lakefs.ts";

const parts = await realLakefs();
const MIB = 1 << 20;
const QUICK = { ...TIMING, pauseMs: 10, longestPauseMs: 50, idleMs: 3_000 };
const reads = ({ method, path }: Exchange) =>
  method === "GET" && path.endsWith("/model/a/w");
const uploads = ({ method, path }: Exchange) =>
  method === "PUT" && path.endsWith("/edge/a/m");

describe.skipIf(!parts)("the log over a bad line", () => {
  const lakefs = useLakefs(parts);
  const line = useFaultProxy(lakefs);
  const at = useStore<LakefsUnderTest>(() => lakefsUnderTest(lakefs.server));
  const open: Store[] = [];
  afterAll(() => Promise.all(open.map((store) => store.close())));

  /** A store behind the line, and what it logs. */
  async function overLine() {
    const env = {
      ...lakefs.server.env,
      LAKECTL_SERVER_ENDPOINT_URL: line.proxy.endpoint,
    };
    const ctx = storeContext({ environment: readEnvironment(env) });
    const place = at.under.repository;
    const store = await lakefsStore(ctx, place, { webUrl: null }, QUICK);
    open.push(store);
    return { store, lines: ctx.lines };
  }

  test.each<[string, number, Fault, RegExp]>([
    [
      "a small file that breaks off",
      3 * MIB,
      "cut",
      /^model\/a\/w: its download broke off \(.+\), and goes on at [\d.]+ [kM]B of 3\.15 MB$/,
    ],
    [
      "a large file that breaks off",
      40 * MIB,
      "cut",
      /^model\/a\/w: its download broke off \(.+\), and goes on at [\d.]+ MB of 41\.9 MB$/,
    ],
    [
      "a file that arrives changed",
      6 * MIB,
      { flip: "answer", at: 0.5 },
      /^model\/a\/w: its checksum differs from the store's, and it is fetched again$/,
    ],
  ])("names %s", async (_what, size, fault, expected) => {
    await at.under.write("main", { "model/a/w": randomBytes(size) });
    const { store, lines } = await overLine();
    line.proxy.fail(reads, fault);
    const snapshot = await store.snapshot("main");
    await snapshot.download(await objectsOf(snapshot, "model/a/w"), at.place());
    expect(lines).toEqual([expect.stringMatching(expected)]);
  });

  test("names a file that is uploaded again because other bytes arrived", async () => {
    const { store, lines } = await overLine();
    line.proxy.fail(uploads, { flip: "request", at: 0.5 });
    const { ref } = await at.newDraft();
    const draft = store.draft(ref);
    const folder = await at.folder({ m: randomBytes(6 * MIB) });
    const keep = await draft.put(folder, ["m"], "edge/a/");
    await draft.publish([], () => edgeChange(keep), options);
    expect(lines).toEqual([
      "edge/a/m: other bytes arrived than were sent, and it is sent again",
    ]);
  });
});
