import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import {
  allDrafts,
  bytesOf,
  pathsOf,
  textAt,
  useStore,
} from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import {
  type Fault,
  type FaultProxy,
  faultProxy,
} from "../support/fault-proxy.ts";
import { ALL_S3, hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { useS3 } from "./use-s3.ts";

const FAULTS: readonly Fault[] = [
  ...(["reset", "lost-answer", "cut", 500, 503] as const),
  { flip: "answer", at: 0.5 },
  { flip: "request", at: 0.9 },
];
const QUICK = {
  ...{ attempts: 4, pauseMs: 5, longestPauseMs: 20, idleMs: 2_000 },
  ...{ patienceMs: 3_000, brokenMs: 300 },
};
const options = { message: "generation", metadata: {} };

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(`publications into S3 (${kind})`, () => {
    const s3 = useS3(kind);
    let proxy: FaultProxy;
    let work: string;
    let program: string;
    beforeAll(async () => {
      proxy = await faultProxy(s3.server.endpoint);
      work = await mkdtemp(join(tmpdir(), "s3-kill-"));
      program = join(work, "dist/publish-once.mjs");
      await mkdir(join(work, "dist"));
      const checks = "dist/validators";
      await symlink(resolve(checks), join(work, checks));
      await build({
        entryPoints: [new URL("publish-once-s3.ts", import.meta.url).pathname],
        ...{ outfile: program, bundle: true, platform: "node", format: "esm" },
        banner: {
          js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
        },
      });
    });
    afterAll(async () => {
      await proxy.close();
      await rm(work, { recursive: true });
    });
    const at = useStore<S3UnderTest>(() =>
      s3UnderTest(s3.server, { AWS_ENDPOINT_URL_S3: proxy.endpoint }, QUICK),
    );

    /** What a reader finds: the generation of all files; throws where they do not belong together. */
    async function generation(): Promise<string | null> {
      const snapshot = await at.store.snapshot("main");
      const config = await textAt(snapshot, "edge/a/config");
      expect(await textAt(snapshot, "edge/a/weights")).toBe(
        config === null ? null : config.repeat(2_000),
      );
      expect(await textAt(snapshot, "evidence/a/verdict")).toBe(config);
      return config;
    }

    async function publish(name: string): Promise<void> {
      const { draft } = await at.newDraft();
      const files = { weights: name.repeat(2_000), config: name };
      const folder = await at.folder(files);
      const keep = await draft.put(folder, Object.keys(files), "edge/a/");
      const write = bytesOf({ "evidence/a/verdict": name });
      await draft.publish([], () => ({ keep, remove: [], write }), options);
      await draft.discard();
    }

    /** Some of many, spread, where not all are asked for. */
    const some = <T>(items: readonly T[], most: number): T[] => {
      const step = ALL_S3 ? 1 : Math.max(1, items.length / most);
      const count = Math.floor(items.length / step);
      return Array.from(
        { length: count },
        (_, index) => items[Math.floor(index * step)] as T,
      );
    };

    test("each call broken in each way: edge is the old or the new one, and the next run works", {
      timeout: 900_000,
    }, async () => {
      await publish("first");
      proxy.forget();
      await publish("second");
      const calls = proxy.exchanges.length;
      const strikes = FAULTS.flatMap((fault) =>
        Array.from({ length: calls }, (_, call) => ({ fault, call })),
      );
      let before = "second";
      let failed = 0;

      for (const [index, { fault, call }] of some(strikes, 8).entries()) {
        proxy.forget();
        let seen = 0;
        proxy.fail(() => seen++ === call, fault);
        const error = await publish(`g${index}`).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        proxy.forget();

        const what = `${JSON.stringify(fault)} at call ${call}: ${error}`;
        if (error !== null) {
          failed += 1;
          expect(error, what).toBeInstanceOf(AppError);
          expect(error, what).toMatchObject({ exitCode: 3 });
        }
        const now = await generation();
        expect([before, `g${index}`], what).toContain(now);
        if (error === null) expect(now, what).toBe(`g${index}`);
        before = now ?? "";
      }

      // One fault is less than a publication's patience.
      expect(failed).toBeLessThan(strikes.length / 4);
      await publish("last");
      expect(await generation()).toBe("last");
    });

    test("killed at each call: edge is the old or the new one, and the next run works", {
      timeout: 900_000,
    }, async () => {
      await publish("first");
      proxy.forget();
      const good = child("second");
      expect(await good.code).toBe(0);
      const calls = Array.from(proxy.exchanges.keys());
      let before = "second";

      for (const call of some(calls, 2)) {
        proxy.forget();
        const killed = child(`k${call}`);
        let seen = 0;
        proxy.before(
          () => seen++ === call,
          async () => {
            killed.process.kill("SIGKILL");
            await killed.code;
          },
        );
        expect(await killed.code).toBeNull();
        proxy.forget();

        const now = (await generation()) ?? "";
        expect([before, `k${call}`]).toContain(now);
        before = now;
      }

      await publish("last");
      expect(await generation()).toBe("last");
      for await (const ref of at.store.drafts())
        await at.store.draft(ref).discard();
      expect(await allDrafts(at.store)).toEqual([]);
    });

    function child(name: string) {
      const process_: ChildProcess = spawn(
        process.execPath,
        [program, at.store.url, name, join(work, name)],
        {
          stdio: ["ignore", "ignore", "inherit"],
          env: { ...process.env, AWS_ENDPOINT_URL_S3: proxy.endpoint },
        },
      );
      const code = once(process_, "exit").then(
        ([exit]) => exit as number | null,
      );
      return { process: process_, code };
    }

    test("writers at once: each publication is there, none lost", {
      timeout: 120_000,
    }, async () => {
      const names = Array.from(
        { length: ALL_S3 ? 10 : 4 },
        (_, index) => `m${index}`,
      );
      const outcomes = await Promise.all(
        names.map(async (name) => {
          const { draft } = await at.newDraft();
          const folder = await at.folder({ m: name });
          const keep = await draft.put(folder, ["m"], `edge/${name}/`);
          const outcome = await draft.publish(
            [],
            () => ({ keep, remove: [], write: new Map() }),
            options,
          );
          await draft.discard();
          return outcome.status;
        }),
      );
      expect(outcomes).toEqual(names.map(() => "published"));
      expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual(
        names.map((name) => `edge/${name}/m`),
      );
    });
  });
