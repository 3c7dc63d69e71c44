import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandRun, commandLine } from "../support/command-line.ts";
import { hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { useS3Fire } from "./s3-fire.ts";
import { planS3, type S3Strike } from "./s3-strikes.ts";
import { OURS } from "./s3-sweep-world.ts";

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(
    `a sweep in S3, each of whose calls goes wrong (${kind})`,
    () => {
      const s3 = useS3Fire(kind);
      const { world } = s3;
      let cwd: string;
      beforeAll(() => {
        cwd = mkdtempSync(join(tmpdir(), "s3-fire-"));
      });
      afterAll(() => {
        rmSync(cwd, { recursive: true });
      });

      const command = (
        started: (child: ChildProcess) => void = () => undefined,
      ) =>
        commandLine(
          [
            ...["sweep", "--store", s3.at.store.url],
            ...["--older-than", "0", "--patience", "1s"],
          ],
          { cwd, started, env: { ...s3.env(), CI_PROJECT_PATH: OURS } },
        );

      /** One sweep in another process, and what is wrong after it. */
      async function strikeCommand(strike: S3Strike): Promise<string[]> {
        await s3.fresh(false);
        let child: ChildProcess | undefined;
        const isMet = planS3(s3.proxy, strike, () => child?.kill("SIGKILL"));
        const run = await command((started) => {
          child = started;
        });
        const problems = isMet() ? [] : ["no call met it"];
        s3.proxy.forget();

        problems.push(...judge(strike, run), ...(await world.lost()));
        if (run.code === 0 && !hasWarned(run))
          problems.push(...(await world.left()));
        problems.push(...(await world.next()), ...(await world.lost()));
        problems.push(...(await world.left()));
        return problems.length > 0
          ? [`${strike.says}: exit ${run.code}`, ...problems]
          : [];
      }

      test("the command removes what is dead or says why not, takes nothing of anybody, and the next one works", {
        timeout: 3_600_000,
      }, async () => {
        await s3.fresh(false);
        const good = await command();
        expect({ code: good.code, log: good.stdout }).toMatchObject({
          code: 0,
        });
        expect([await world.left(), await world.lost()]).toEqual([[], []]);

        expect(await s3.strikes(strikeCommand)).toEqual([]);
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
