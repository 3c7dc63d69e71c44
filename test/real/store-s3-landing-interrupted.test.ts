import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useStore } from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import { type Exchange, faultProxy } from "../support/fault-proxy.ts";
import { hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { isIntoModel, landingSteps } from "./store-s3-landing.ts";
import { useS3 } from "./use-s3.ts";

const QUICK = { helpMs: 50, pollMs: 10 };
const SLOW = { helpMs: 20_000, pollMs: 10 };
/** Under `.model-to-edge/landings/`. */
const RECORD = "record.json";

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(`an open landing in S3 (${kind})`, () => {
    const s3 = useS3(kind);
    const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server, {}, QUICK));
    const steps = landingSteps(at);
    let work = "";
    let program = "";
    beforeAll(async () => {
      work = await mkdtemp(join(tmpdir(), "s3-land-"));
      program = join(work, "dist/land-once.mjs");
      await mkdir(join(work, "dist"));
      const checks = "dist/validators";
      await symlink(resolve(checks), join(work, checks));
      await build({
        entryPoints: [new URL("land-once-s3.ts", import.meta.url).pathname],
        ...{ outfile: program, bundle: true, platform: "node", format: "esm" },
        banner: {
          js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
        },
      });
    });
    afterAll(() => rm(work, { recursive: true }));

    const storeWith = (endpoint: string, times = QUICK) =>
      s3StoreAt(
        at.store.url,
        { ...s3.server.env, AWS_ENDPOINT_URL_S3: endpoint },
        times,
      );

    test.each([
      ["before its first file", 0],
      ["before its second file", 1],
    ])(
      "killed %s: whoever reads the branch next completes it",
      async (_, before) => {
        await steps.start("old");
        const head = await steps.branchWith("topic", "new");
        const proxy = await faultProxy(s3.server.endpoint);
        const landing = spawn(
          process.execPath,
          [program, at.store.url, "topic", head],
          {
            stdio: ["ignore", "ignore", "inherit"],
            env: { ...process.env, AWS_ENDPOINT_URL_S3: proxy.endpoint },
          },
        );
        const ended = once(landing, "exit");
        let count = 0;
        proxy.before(
          (exchange) => isIntoModel(exchange) && count++ === before,
          async () => {
            landing.kill("SIGKILL");
            await ended;
          },
        );
        expect(await ended).toEqual([null, "SIGKILL"]);
        await proxy.close();

        expect(await steps.left()).toContainEqual(
          expect.stringContaining(RECORD),
        );
        expect(await steps.shown(at.store)).toBe("new");
        expect(await steps.left()).toEqual(["main.json"]);
        expect(await steps.land(at.store, "topic", head)).toMatchObject({
          status: "landed",
        });
      },
      60_000,
    );

    test("a reader waits for a job that still lands, and sees the new state", async () => {
      await steps.start("old");
      const head = await steps.branchWith("topic", "new");
      const proxy = await faultProxy(s3.server.endpoint);
      const landing = await storeWith(proxy.endpoint, SLOW);
      const reader = await storeWith(s3.server.endpoint, SLOW);
      let isRead = false;
      let reading: Promise<string> | null = null;
      proxy.before(isIntoModel, async () => {
        reading = steps.shown(reader).finally(() => {
          isRead = true;
        });
        await sleep(500);
        expect(isRead).toBe(false);
      });

      const outcome = await steps.land(landing, "topic", head);
      expect(outcome.status).toBe("landed");
      expect(await reading).toBe("new");
      for (const store of [landing, reader]) await store.close();
      await proxy.close();
    });

    test("a landing that comes by while a branch is read shows whole", async () => {
      const isListing = ({ method, query }: Exchange) =>
        method === "GET" && (query.get("prefix") ?? "").includes("main/model/");
      await steps.start("old");
      const head = await steps.branchWith("topic", "new");
      const proxy = await faultProxy(s3.server.endpoint);
      const reader = await storeWith(proxy.endpoint);
      proxy.before(isListing, async () => {
        await steps.land(at.store, "topic", head);
      });

      expect(await steps.shown(reader)).toBe("new");
      expect(proxy.unmet()).toBe(0);
      await reader.close();
      await proxy.close();
    });

    test("who may only read is told; who may write completes it", async () => {
      await steps.broken(s3.server, { from: isIntoModel });
      const proxy = await faultProxy(s3.server.endpoint);
      proxy.fail(
        ({ method }) => !["GET", "HEAD"].includes(method),
        403,
        Number.POSITIVE_INFINITY,
      );
      const reader = await storeWith(proxy.endpoint);
      await expect(steps.shown(reader)).rejects.toMatchObject({
        ...{ code: "landing-interrupted", exitCode: 2 },
        message: expect.stringContaining("topic into branch main"),
      });
      await reader.close();
      await proxy.close();

      expect(await steps.shown(at.store)).toBe("new");
    });

    test("a new branch of it, and another landing, complete it first", async () => {
      await steps.broken(s3.server, { from: isIntoModel });
      await at.store.createBranch("copy", "main");
      expect(await steps.shown(at.store, "copy")).toBe("new");

      const head = await steps.branchWith("next", "newer");
      expect(await steps.land(at.store, "next", head)).toMatchObject({
        status: "landed",
      });
      expect(await steps.shown(at.store)).toBe("newer");
    });

    test("its source changed or went meanwhile: it is completed as it was checked", async () => {
      await steps.broken(s3.server, { from: isIntoModel });
      await at.under.write("topic", {
        ...{ "model/a/w.pth": "newest", "model/a/config.py": null },
      });
      expect(await steps.shown(at.store)).toBe("new");

      const head = (await at.store.head("topic")) ?? "";
      expect(await at.store.deleteBranch("topic", head)).toBe("deleted");
      expect(await steps.shown(at.store)).toBe("new");
    });
  });
