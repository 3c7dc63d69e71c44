import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type CommandRun, commandLine } from "../support/command-line.ts";
import { faultProxy, isMerge } from "../support/fault-proxy.ts";
import { realLakefs, startLakefs } from "../support/lakefs-server.ts";
import { CI } from "./lost-job.ts";
import { type ToyLakefs, toyLakefs } from "./toy-lakefs.ts";

const parts = await realLakefs();
const MINUTE = 60_000;
/** Keeps the logs: LAKEFS_AWAY_LOGS is the beginning of their names. */
const LOGS = process.env.LAKEFS_AWAY_LOGS;

interface Away {
  first: CommandRun;
  /** Whether an engine ran in the first job, and in the one after it. */
  engines: [boolean, boolean];
  again: CommandRun;
  /** Number of the version that is published: after the first job, and at the end. */
  published: [number, number];
}

/** A job whose lakeFS is killed before the merge and started after so many minutes; then a second job. */
async function away(minutes: number, env: Record<string, string>) {
  if (!parts) throw new Error("there is no lakeFS");
  const server = await startLakefs(parts);
  const proxy = await faultProxy(server.endpoint);
  const toy = await toyLakefs(server, proxy.endpoint);
  let back: Promise<void> = Promise.resolve();
  proxy.before(isMerge, async () => {
    await server.kill();
    back = sleep(minutes * MINUTE).then(() => server.start());
  });

  const job = () => jobOf(toy, { ...server.env, ...CI, ...env }, proxy);
  try {
    const first = await job();
    await back;
    const engine = engineRan(toy);
    const published = await toy.published();
    const again = await job();
    if (LOGS) writeFileSync(`${LOGS}-${minutes}.log`, first.stdout);
    if (LOGS) writeFileSync(`${LOGS}-${minutes}-again.log`, again.stdout);

    return {
      ...{ first, again, engines: [engine, engineRan(toy)] },
      published: [published, await toy.published()],
    } as Away;
  } finally {
    toy.remove();
    await proxy.close();
    await server.stop();
  }
}

function jobOf(
  { cwd, repository }: ToyLakefs,
  env: Record<string, string>,
  { endpoint }: { endpoint: string },
): Promise<CommandRun> {
  rmSync(join(cwd, "model-to-edge-out"), { recursive: true, force: true });
  return commandLine(
    [
      ...["run", "--store", `lakefs://${repository}`],
      ...["--model-branch", "main", "--isolation", "none"],
      ...["--config", "conversion.yaml"],
    ],
    { cwd, env: { ...env, LAKECTL_SERVER_ENDPOINT_URL: endpoint } },
  );
}

const engineRan = ({ cwd }: ToyLakefs) =>
  existsSync(join(cwd, "model-to-edge-out/models/det/engine.log"));

// A quarter of an hour, nearly all of it waiting: `npm run test:patience`.
describe.skipIf(!parts || parts.endpoint || process.env.AWAY !== "all")(
  "a lakeFS that is killed in the middle of a publication",
  () => {
    test.concurrent("and comes back after 9.5 minutes: the same job publishes, and its engine ran once", async () => {
      const { first, again, engines, published } = await away(9.5, {});
      expect([first.code, first.stdout]).toEqual([
        0,
        expect.stringMatching(/published on branch main/),
      ]);
      expect(first.seconds).toBeGreaterThan(9.5 * 60);
      expect([engines, published]).toEqual([
        [true, false],
        [1, 1],
      ]);
      expect(again.stdout).toContain("unchanged");
    }, 1_200_000);

    test.concurrent.each<[string, number, Record<string, string>, number]>([
      ["after more than ten minutes", 11, {}, 10.3 * 60],
      [
        "after the job's deadline",
        5,
        { CI_JOB_TIMEOUT: "240", MODEL_TO_EDGE_PATIENCE: "10m" },
        240,
      ],
    ])(
      "and comes back %s: exit code 3 with the reason, and the next job publishes without an engine",
      async (_when, minutes, env, atMost) => {
        const { first, again, engines, published } = await away(minutes, env);
        expect(first.code).toBe(3);
        for (const line of [
          /^the draft stays in the store/m,
          /nothing is published: lakeFS at \S+ does not answer/,
        ])
          expect(first.stdout).toMatch(line);
        expect(first.seconds).toBeLessThan(atMost);
        expect([again.code, engines, published]).toEqual([
          ...[0, [true, false]],
          [0, 1],
        ]);
      },
      1_500_000,
    );
  },
);
