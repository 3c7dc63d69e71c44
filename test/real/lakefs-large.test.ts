import { execFile } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nameDraft } from "../../src/store/draft-name.ts";
import type { DraftRef } from "../../src/store/store.ts";
import { objectsOf } from "../store/harness.ts";
import { lakefsUnderTest } from "../store/lakefs-under-test.ts";
import { type Exchange, faultProxy } from "../support/fault-proxy.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";

const parts = await realLakefs();
/** Not a multiple of the part size. */
const SIZE = 160 * 1024 * 1024 + 7;

describe.skipIf(!parts)("large files in lakeFS", () => {
  let server: LakefsServer;
  let work: string;
  let sha256: string;
  let program: string;
  beforeAll(async () => {
    if (!parts) return;
    server = await startLakefs(parts);
    work = await mkdtemp(join(tmpdir(), "large-"));
    const block = randomFillSync(Buffer.alloc(1024 * 1024 + 1));
    const content = Buffer.alloc(SIZE, block);
    sha256 = createHash("sha256").update(content).digest("hex");
    await mkdir(join(work, "out"));
    await writeFile(join(work, "out/w.pth"), content);
    program = join(work, "program.mjs");
    await build({
      entryPoints: [
        new URL("../store/transfer/transfer-program.ts", import.meta.url)
          .pathname,
      ],
      outdir: work,
      entryNames: "program",
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true,
      platform: "node",
      format: "esm",
      target: "node20",
      mainFields: ["module", "main"],
      banner: {
        js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);',
      },
    });
  });
  afterAll(async () => {
    await server?.stop();
    if (work) await rm(work, { recursive: true });
  });

  const args = (repository: string, target: string) => [
    program,
    repository,
    join(work, "out"),
    "w.pth",
    target,
  ];

  test(`go up in parts and come back the same, in at most 200 MB of memory`, async () => {
    const under = await lakefsUnderTest(server);
    const target = join(work, "back");
    const { stdout } = await promisify(execFile)(
      process.execPath,
      args(under.repository, target),
      { env: server.env },
    );
    const told = JSON.parse(stdout.split("\n")[1] ?? "");
    console.log(`160 MiB up and down: peak ${told.peak} MB`);
    expect(told).toMatchObject({
      status: "published",
      sent: SIZE,
      up: { size: SIZE, sha256 },
      back: { size: SIZE, sha256 },
    });
    expect(told.back.token).toBe(told.up.token);
    expect(
      createHash("sha256")
        .update(await readFile(join(target, "edge/w.pth")))
        .digest("hex"),
    ).toBe(sha256);
    expect(told.peak).toBeLessThanOrEqual(200);
    await rm(target, { recursive: true });
  });

  test("arrive although parts and the answer to the completion are lost, and a download is cut; again is no change", async () => {
    const proxy = await faultProxy(server.endpoint);
    const under = await lakefsUnderTest(
      server,
      { pauseMs: 20 },
      proxy.endpoint,
    );
    const completes = ({ method, query }: Exchange) =>
      method === "POST" && query.has("uploadId");
    proxy.fail(completes, "lost-answer");
    proxy.fail(({ query }) => query.has("partNumber"), "reset", 2);
    await under.write("main", { "model/a": "1" });
    const outcomes: string[] = [];
    for (const unique of ["00000001", "00000002"]) {
      const draft = under.store.draft(named(unique));
      const keep = await draft.put(join(work, "out"), ["w.pth"], "edge/");
      expect(keep[0]?.sha256).toBe(sha256);
      const options = { message: "large", metadata: {} };
      outcomes.push(
        (
          await draft.publish(
            [],
            () => ({ keep, remove: [], write: new Map() }),
            options,
          )
        ).status,
      );
    }
    expect(outcomes).toEqual(["published", "unchanged"]);
    expect(proxy.unmet()).toBe(0);
    expect(proxy.exchanges.filter(completes)).toHaveLength(2);

    const gets = ({ method, path }: Exchange) =>
      method === "GET" && path.endsWith("/edge/w.pth");
    proxy.fail(gets, "cut");
    const snapshot = await under.store.snapshot("main");
    const [back] = await snapshot.download(
      await objectsOf(snapshot, "edge/"),
      join(work, "cut"),
    );
    expect(back?.sha256).toBe(sha256);
    expect(proxy.exchanges.filter(gets).map(({ status }) => status)).toEqual([
      200, 206,
    ]);
    await under.close();
    await proxy.close();
  });

  test.skipIf(parts?.endpoint)(
    "survive a server that is killed during a part, the completion, the commit and the merge",
    async () => {
      const proxy = await faultProxy(server.endpoint);
      const under = await lakefsUnderTest(server, {}, proxy.endpoint);
      const crash = async () => {
        await server.kill();
        restarts.push(sleep(500).then(() => server.start()));
      };
      const restarts: Promise<void>[] = [];
      const moments: ((exchange: Exchange) => boolean)[] = [
        ({ query }) => query.get("partNumber") === "4",
        ({ method, query }) => method === "POST" && query.has("uploadId"),
        ({ method, path }) => method === "POST" && path.endsWith("/commits"),
        ({ method, path }) => method === "POST" && path.endsWith("/merge/main"),
      ];
      for (const moment of moments) proxy.before(moment, crash);
      const draft = under.store.draft(named("00000003"));
      const keep = await draft.put(join(work, "out"), ["w.pth"], "edge/");
      const outcome = await draft.publish(
        [],
        () => ({ keep, remove: [], write: new Map() }),
        {
          message: "large",
          metadata: {},
        },
      );
      await Promise.all(restarts);
      expect(proxy.unmet()).toBe(0);
      expect(outcome).toEqual({
        status: "published",
        commit: await under.store.head("main"),
      });
      const snapshot = await under.store.snapshot("main");
      const [back] = await snapshot.download(
        await objectsOf(snapshot, "edge/"),
        join(work, "killed"),
      );
      expect(back).toEqual({ ...keep[0], sha256 });
      await under.close();
      await proxy.close();
    },
  );
});

function named(unique: string): DraftRef {
  return nameDraft({
    branch: "main",
    base: "",
    owner: "large",
    now: new Date(),
    unique,
  });
}
