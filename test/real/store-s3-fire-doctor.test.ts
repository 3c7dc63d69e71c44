import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { textAt, useStore } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import { commandLine } from "../support/command-line.ts";
import { type FaultProxy, faultProxy } from "../support/fault-proxy.ts";
import { hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { chosenStrikes, planS3, type S3Strike } from "./s3-strikes.ts";
import { useS3 } from "./use-s3.ts";

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(
    `doctor and init in S3, each of whose calls goes wrong (${kind})`,
    () => {
      const s3 = useS3(kind);
      const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));
      let proxy: FaultProxy;
      let cwd: string;
      beforeAll(async () => {
        proxy = await faultProxy(s3.server.endpoint);
        cwd = mkdtempSync(join(tmpdir(), "s3-fire-"));
      });
      afterAll(async () => {
        await proxy.close();
        rmSync(cwd, { recursive: true });
      });

      const command = (
        name: string,
        started: (child: ChildProcess) => void = () => undefined,
      ) =>
        commandLine([name, "--store", at.store.url], {
          ...{ cwd, started },
          env: {
            ...s3.server.env,
            AWS_ENDPOINT_URL_S3: proxy.endpoint,
          },
        });

      /** What doctor found of the store: the state of its line. */
      const stateIn = (stdout: string): string | undefined =>
        /^(?:\S+ +)?(ok|missing) +store: /m.exec(stdout)?.[1];

      async function strikeOnce(strike: S3Strike): Promise<string[]> {
        let child: ChildProcess | undefined;
        const isMet = planS3(proxy, strike, () => child?.kill("SIGKILL"));
        const run = await command("doctor", (started) => {
          child = started;
        });
        const problems = isMet() ? [] : ["no call met it"];
        proxy.forget();

        const text = run.stdout + run.stderr;
        const state = stateIn(run.stdout);
        const code = state === "ok" ? 0 : 2;
        const rules: [holds: boolean, says: string][] = strike.isKill
          ? [[run.signal === "SIGKILL", `exit ${run.code}`]]
          : [
              [state !== undefined, `nothing of the store:\n${text}`],
              [run.code === code, `exit ${run.code}:\n${text}`],
              [!strike.isForGood || code === 2, `not seen:\n${text}`],
              [state === "ok" || /fix: /.test(text), `no next step:\n${text}`],
              [
                !/^ +at |UnknownError|\$response/m.test(text),
                `not for people:\n${text}`,
              ],
            ];
        problems.push(
          ...rules.filter(([holds]) => !holds).map(([, says]) => says),
        );

        const shown = await textAt(await at.store.snapshot("main"), "edge/a/m");
        if (shown !== "shown") problems.push(`lost: ${shown}`);
        return problems.length > 0 ? [strike.says, ...problems] : [];
      }

      test("doctor says what the store answers, harms nothing, and the next one finds it well", {
        timeout: 3_600_000,
      }, async () => {
        await at.publish({ m: "shown" });
        // The first one makes the probe, in one call more.
        await command("doctor");
        proxy.forget();
        const good = await command("doctor");
        expect(stateIn(good.stdout), good.stdout).toBe("ok");

        const wrong: string[] = [];
        for (const strike of chosenStrikes(proxy.exchanges, kind))
          wrong.push(...(await strikeOnce(strike)));
        expect(wrong).toEqual([]);
        expect(stateIn((await command("doctor")).stdout)).toBe("ok");
      });

      test("init asks nothing of the server: a broken one cannot harm it", async () => {
        proxy.forget();
        proxy.fail(() => true, "reset", Number.POSITIVE_INFINITY);
        const made = await command("init");
        expect({ code: made.code, log: made.stdout }).toMatchObject({
          code: 0,
        });
        expect(proxy.exchanges).toEqual([]);
        proxy.forget();
      });
    },
  );
