import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  allDrafts,
  bytesOf,
  objectsOf,
  options,
  textAt,
  useStore,
} from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import type { Exchange, Fault } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useFaultProxy, useLakefs } from "../support/use-lakefs.ts";

const parts = await realLakefs();
const PATIENCE = {
  pauseMs: 10,
  longestPauseMs: 50,
  idleMs: 1_500,
  slowMs: 3_000,
  dirtyMs: 300,
};

/** The steps of a publication, as they look on the wire. */
const steps = {
  "read the branch": ({ method, path }) =>
    method === "GET" && /\/branches\/main$/.test(path),
  "create the draft": ({ method, path }) =>
    method === "POST" && path.endsWith("/branches"),
  "upload a file": ({ method, path }) =>
    method === "PUT" && path.endsWith("/edge/a/m"),
  commit: ({ method, path }) => method === "POST" && path.endsWith("/commits"),
  merge: ({ method, path }) =>
    method === "POST" && path.endsWith("/merge/main"),
  "delete the draft": ({ method, path }) =>
    method === "DELETE" && /\/branches\/mte-draft-[^/]*$/.test(path),
} satisfies Record<string, (exchange: Exchange) => boolean>;

describe.skipIf(!parts)("a lakeFS store over a bad line", () => {
  const lakefs = useLakefs(parts);
  const line = useFaultProxy(lakefs);
  const at = useStore<LakefsUnderTest>(() =>
    lakefsUnderTest(lakefs.server, PATIENCE, line.proxy.endpoint),
  );

  async function mergesOf(branch: string): Promise<number> {
    const path = `/repositories/${at.under.repository}/refs/${branch}/commits?first_parent=true&amount=100`;
    const { results } = await lakefs.server.call<{
      results: { parents: string[] }[];
    }>("GET", path);
    return results.filter(({ parents }) => parents.length === 2).length;
  }

  const faults: Fault[] = [429, 503, 500, "reset", "lost-answer", "stall"];
  const cases = Object.entries(steps).flatMap(([step, matches]) =>
    faults.map((fault) => ({ step, matches, fault })),
  );
  test.each(cases)(
    "publishes once, although a request to $step meets $fault",
    async ({ matches, fault }) => {
      line.proxy.fail(matches, fault, fault === "stall" ? 1 : 2);
      const outcome = await at.publish({ m: "1" });
      expect(outcome).toEqual({
        status: "published",
        commit: await at.store.head("main"),
      });
      expect(line.proxy.unmet()).toBe(0);
      expect(await mergesOf("main")).toBe(1);
      expect(await textAt(await at.store.snapshot("main"), "edge/a/m")).toBe(
        "1",
      );
      expect(await allDrafts(at.store)).toEqual([]);
    },
  );

  test("finds a merge whose answer was lost, although somebody dirtied the branch since", async () => {
    let merges = 0;
    line.proxy.before(
      (exchange) => steps.merge(exchange) && ++merges === 2,
      () => at.under.upload("main", { "other/x": "1" }),
    );
    line.proxy.fail(steps.merge, "lost-answer");
    expect((await at.publish({ m: "1" })).status).toBe("published");
    expect(line.proxy.unmet()).toBe(0);
    expect(await mergesOf("main")).toBe(1);
  });

  test.each([
    {
      second: "decides for its own again",
      mine: true,
      status: "published",
      found: "mine",
      merges: 3,
    },
    {
      second: "leaves the newer one alone",
      mine: false,
      status: "unchanged",
      found: "theirs",
      merges: 2,
    },
  ])(
    "asks compose again when the target moves before the merge; it $second",
    async ({ mine, status, found, merges }) => {
      await at.publish({ m: "old" }, [], { "edge/a/manifest.json": "old" });
      const { draft } = await at.newDraft();
      const keep = await draft.put(
        await at.folder({ m: "mine" }),
        ["m"],
        "edge/a/",
      );
      const other = await lakefsAgain();
      line.proxy.before(steps.merge, () => other());
      line.proxy.exchanges.length = 0;
      const rounds: string[] = [];
      const outcome = await draft.publish(
        ["edge/a/manifest.json"],
        ({ pointers }) => {
          const seen = Buffer.from(
            pointers.get("edge/a/manifest.json") ?? "",
          ).toString();
          rounds.push(seen);
          if (seen !== "old" && !mine) return null;
          return {
            keep,
            remove: [],
            write: bytesOf({ "edge/a/manifest.json": "mine" }),
          };
        },
        options,
      );
      expect(rounds).toEqual(["old", "theirs"]);
      expect(outcome.status).toBe(status);
      expect(await textAt(await at.store.snapshot("main"), "edge/a/m")).toBe(
        found,
      );
      expect(
        await textAt(await at.store.snapshot("main"), "edge/a/manifest.json"),
      ).toBe(found);
      expect(line.proxy.exchanges.filter(steps["upload a file"])).toEqual([]);
      expect(await mergesOf("main")).toBe(merges);
      expect(await allDrafts(at.store)).toEqual([]);
    },
  );

  /** Somebody else's publication of the same model, straight to the server. */
  async function lakefsAgain(): Promise<() => Promise<void>> {
    const path = `/repositories/${at.under.repository}`;
    return async () => {
      await lakefs.server.call("POST", `${path}/branches`, {
        name: "other",
        source: "main",
      });
      await at.under.write("other", {
        "edge/a/m": "theirs",
        "edge/a/manifest.json": "theirs",
      });
      await lakefs.server.call("POST", `${path}/refs/other/merge/main`, {});
    };
  }

  test("goes on with a download where it broke off, also after a stall", async () => {
    const content = Buffer.alloc(3_000_000, "0123456789abcdef");
    await at.under.write("main", { "model/a/big": content });
    const isGet = ({ method, path }: Exchange) =>
      method === "GET" && path.endsWith("/model/a/big");
    line.proxy.fail(isGet, "cut");
    line.proxy.fail(isGet, "stall");
    const snapshot = await at.store.snapshot("main");
    const objects = await objectsOf(snapshot, "model/a/big");
    const target = at.place();
    let seen = 0;
    const progress = (bytes: number) => {
      seen += bytes;
    };
    await snapshot.download(objects, target, { progress });
    expect(
      Buffer.compare(await readFile(join(target, "model/a/big")), content),
    ).toBe(0);
    expect(seen).toBe(content.length);
    expect(
      line.proxy.exchanges.filter(isGet).map(({ status }) => status),
    ).toEqual([200, null, 206]);
  });
});
