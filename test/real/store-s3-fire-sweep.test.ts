import type { ChildProcess } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import { useStore } from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import { type CommandRun, commandLine } from "../support/command-line.ts";
import { type FaultProxy, faultProxy } from "../support/fault-proxy.ts";
import { someOf } from "../support/recorded-faults.ts";
import { ALL_S3, hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { planS3, type S3Strike, s3Strikes } from "./s3-strikes.ts";
import { HURRY, OURS, sweepWorld } from "./s3-sweep-world.ts";
import { useS3 } from "./use-s3.ts";

/** As for the runs: a few in `npm test`, all by `npm run test:s3`. */
const COUNT = ALL_S3 ? Number(process.env.FIRE ?? 100_000) : 3;
const NOTES = process.env.FIRE_NOTES;

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(
    `a sweep in S3, each of whose calls goes wrong (${kind})`,
    () => {
      const s3 = useS3(kind);
      const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));
      const world = sweepWorld(() => s3.server, at);
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

      async function freshWorld(isAll: boolean): Promise<void> {
        await at.under.close();
        at.under = await s3UnderTest(s3.server);
        at.store = at.under.store;
        await at.under.write("main", { "model/a/w.pth": "weights" });
        await world.fill(isAll);
        proxy.forget();
      }

      const command = (
        started: (child: ChildProcess) => void = () => undefined,
      ) =>
        commandLine(
          [
            ...["sweep", "--store", at.store.url],
            ...["--older-than", "0", "--patience", "1s"],
          ],
          {
            cwd,
            started,
            env: {
              ...s3.server.env,
              AWS_ENDPOINT_URL_S3: proxy.endpoint,
              CI_PROJECT_PATH: OURS,
            },
          },
        );

      /** One sweep in another process, and what is wrong after it. */
      async function strikeCommand(strike: S3Strike): Promise<string[]> {
        await freshWorld(false);
        let child: ChildProcess | undefined;
        const isMet = planS3(proxy, strike, () => child?.kill("SIGKILL"));
        const run = await command((started) => {
          child = started;
        });
        const problems = isMet() ? [] : ["no call met it"];
        proxy.forget();

        problems.push(...judge(strike, run), ...(await world.lost()));
        if (run.code === 0 && !hasWarned(run))
          problems.push(...(await world.left()));
        problems.push(...(await world.next()), ...(await world.lost()));
        problems.push(...(await world.left()));
        return problems.length > 0
          ? [`${strike.says}: exit ${run.code}`, ...problems]
          : [];
      }

      async function strikeStore(strike: S3Strike): Promise<string[]> {
        await freshWorld(true);
        const env = { ...s3.server.env, AWS_ENDPOINT_URL_S3: proxy.endpoint };
        const store = await s3StoreAt(at.store.url, env, HURRY);
        const isMet = planS3(proxy, strike);
        const error = await world.sweepIn(store).then(
          (swept) => swept?.refused[0] ?? swept?.kept ?? null,
          (thrown: unknown) => thrown,
        );
        const problems = isMet() ? [] : ["no call met it"];
        await store.close();
        proxy.forget();

        if (error instanceof Error && !(error instanceof AppError))
          problems.push(`not foreseen: ${error.stack}`);
        if (error === null) problems.push(...(await world.left()));
        problems.push(...(await world.lost()), ...(await world.next()));
        problems.push(...(await world.left()), ...(await world.lost()));
        return problems.length > 0
          ? [`${strike.says}: ${error}`, ...problems]
          : [];
      }

      async function all(
        strikes: readonly S3Strike[],
        strikeOnce: (strike: S3Strike) => Promise<string[]>,
      ): Promise<string[]> {
        const wrong: string[] = [];
        for (const strike of someOf(strikes, COUNT)) {
          const problems = await strikeOnce(strike);
          if (NOTES)
            appendFileSync(NOTES, `${strike.says}\n${problems.join("\n  ")}\n`);
          wrong.push(...problems);
        }
        return wrong;
      }

      test("the command removes what is dead or says why not, takes nothing of anybody, and the next one works", {
        timeout: 3_600_000,
      }, async () => {
        await freshWorld(false);
        const good = await command();
        expect({ code: good.code, log: good.stdout }).toMatchObject({
          code: 0,
        });
        expect([await world.left(), await world.lost()]).toEqual([[], []]);

        const strikes = s3Strikes(proxy.exchanges);
        expect(await all(strikes, strikeCommand)).toEqual([]);
      });

      test("the same where it finds a left landing, a dead publication and a branch removed by half", {
        timeout: 3_600_000,
      }, async () => {
        await freshWorld(true);
        const env = { ...s3.server.env, AWS_ENDPOINT_URL_S3: proxy.endpoint };
        const store = await s3StoreAt(at.store.url, env, HURRY);
        await world.sweepIn(store);
        await store.close();
        expect([await world.left(), await world.lost()]).toEqual([[], []]);

        const strikes = s3Strikes(proxy.exchanges);
        const living = strikes.filter(({ isKill }) => !isKill);
        expect(await all(living, strikeStore)).toEqual([]);
      });
    },
  );

/** Whether the sweep reported that something stays that should go. */
function hasWarned({ stdout }: CommandRun): boolean {
  return /could not be removed|stay in the store: /.test(stdout);
}

/** What is wrong with the exit code and the words of a sweep. */
function judge({ fault, isKill }: S3Strike, run: CommandRun): string[] {
  const { code, signal, stdout, stderr } = run;
  if (isKill) return signal === "SIGKILL" ? [] : [`exit ${code}, not killed`];

  const isRefused = typeof fault === "object" && fault && "refuse" in fault;
  const codes = isRefused ? [0, 2, 3] : [0, 3];
  const text = stdout + stderr;
  const rules: [holds: boolean, says: string][] = [
    [codes.includes(code ?? -1), text],
    [code === 0 || /next: |hint: /.test(text), `no next step:\n${text}`],
    [!/^ +at |UnknownError|\$response/m.test(text), `not for people:\n${text}`],
  ];
  return rules.filter(([holds]) => !holds).map(([, says]) => says);
}
