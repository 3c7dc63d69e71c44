import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Conversion } from "../../src/convert/conversion.ts";
import { type CommandRun, commandLine } from "../support/command-line.ts";
import { type Exchange, faultProxy, isMerge } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { CI, lostJob } from "./lost-job.ts";
import { type ToyLakefs, toyLakefs } from "./toy-lakefs.ts";

const parts = await realLakefs();
const TAKEN = "it is checked again, not converted again";
describe.skipIf(!parts)("what a lost job converted", () => {
  let toy: ToyLakefs;
  const lakefs = useLakefs(parts);
  beforeEach(async () => {
    toy = await toyLakefs(lakefs.server);
    return () => toy.remove();
  });

  /** A job of GitLab that runs to its end. */
  const job = (args: string[] = [], env: Record<string, string> = {}) =>
    toy.run(args, { ...CI, ...env });

  const conversion = () =>
    JSON.parse(
      readFileSync(
        join(toy.cwd, "model-to-edge-out/models/det/conversion.json"),
        "utf8",
      ),
    ) as Conversion;
  const engineRan = () =>
    existsSync(join(toy.cwd, "model-to-edge-out/models/det/engine.log"));

  test("is checked again by the next job, and published: no engine runs", async () => {
    expect((await lostJob(lakefs.server, toy)).signal).toBe("SIGKILL");
    expect(await toy.published()).toBe(0);
    expect(await toy.drafts()).toHaveLength(1);

    const next = await job();
    expect([next.code, next.stdout]).toEqual([
      0,
      expect.stringContaining(TAKEN),
    ]);
    expect([conversion().status, engineRan()]).toEqual(["rechecked", false]);
    expect(await toy.published()).toBe(1);

    const sweep = await commandLine(
      [
        ...["sweep", "--store", `lakefs://${toy.repository}`],
        ...["--older-than", "0"],
      ],
      { cwd: toy.cwd, env: { ...lakefs.server.env, ...CI } },
    );
    expect(sweep.code, sweep.stdout).toBe(0);
    expect(await toy.drafts()).toEqual([]);
    expect((await job()).stdout).toContain("unchanged");
  });

  test("stays in the store where lakeFS fails for longer than the job waits, and is not paid twice", async () => {
    const proxy = await faultProxy(lakefs.server.endpoint);
    proxy.fail(isMerge, 503, 1000);
    const failed = await job(["--patience", "2s"], {
      LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
    });
    await proxy.close();
    expect([failed.code, failed.stdout]).toEqual([
      3,
      expect.stringContaining("the draft stays in the store"),
    ]);
    expect(engineRan()).toBe(true);

    const next = await job();
    expect([next.code, next.stdout]).toEqual([
      0,
      expect.stringContaining(TAKEN),
    ]);
    expect([engineRan(), await toy.published()]).toEqual([false, 1]);
  });

  test("is not kept where lakeFS refuses that, which costs a warning", async () => {
    const proxy = await faultProxy(lakefs.server.endpoint);
    const isKept = ({ method, path }: Exchange) =>
      method === "POST" && path.endsWith("/commits");
    proxy.fail(isKept, 403);
    const ran = await job([], { LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint });
    await proxy.close();

    expect(ran.code, ran.stdout).toBe(0);
    expect(ran.stdout).toContain(
      "det: if this job is lost, a later one converts it again: lakeFS does not allow writing",
    );
    expect(await toy.published()).toBe(1);
  });

  test.each<[string, () => Promise<CommandRun>]>([
    [
      "of other weights",
      async () => {
        await toy.newWeights();
        return job();
      },
    ],
    [
      "whose draft somebody wrote to",
      async () => {
        const [draft = ""] = await toy.drafts();
        await toy.branch
          .onBranch(draft)
          .commit({ "edge/det/end2end.onnx": "by hand" });
        return job();
      },
    ],
    ["of another project", () => job([], { CI_PROJECT_PATH: "a/c" })],
    ["where the conversion is forced", () => job(["--force"])],
  ])("is not taken over %s", async (_what, again) => {
    await lostJob(lakefs.server, toy);
    const next = await again();
    expect(next.code, next.stdout).toBe(0);
    expect([conversion().status, engineRan()]).toEqual(["converted", true]);
    expect(next.stdout).not.toContain(TAKEN);
    expect(await toy.published()).toBe(toy.newest());
  });
});
