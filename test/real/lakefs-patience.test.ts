import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { useStore } from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import {
  type Exchange,
  type FaultProxy,
  faultProxy,
} from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { type ToyLakefs, toyLakefs } from "./toy-lakefs.ts";

const parts = await realLakefs();
const merging = ({ method, path }: Exchange) =>
  method === "POST" && path.endsWith("/merge/main");
/** Two tries where nothing ever answered, a minute for who did. */
const HURRY = {
  attempts: 2,
  pauseMs: 10,
  longestPauseMs: 100,
  patienceMs: 60_000,
  brokenMs: 60_000,
};

describe.skipIf(!parts || parts.endpoint)("a lakeFS that goes away", () => {
  let proxy: FaultProxy;
  let toy: ToyLakefs;
  const lakefs = useLakefs(parts);
  beforeEach(async () => {
    proxy = await faultProxy(lakefs.server.endpoint);
    toy = await toyLakefs(lakefs.server, proxy.endpoint);
  });
  afterEach(async () => {
    toy.remove();
    await proxy.close();
  });

  describe("for more tries than a wrong address gets", () => {
    const at = useStore<LakefsUnderTest>(() =>
      lakefsUnderTest(lakefs.server, HURRY, proxy.endpoint),
    );

    test.each<[string, () => Promise<void>]>([
      [
        "is killed before the merge and started again",
        async () => {
          await lakefs.server.kill();
          void sleep(700).then(() => lakefs.server.start());
        },
      ],
      ["is overloaded", async () => proxy.fail(merging, 503, 8)],
      ["answers 500 for a while", async () => proxy.fail(merging, 500, 8)],
    ])("and %s is waited for", async (_what, goAway) => {
      proxy.before(merging, goAway);
      expect((await at.publish({ m: "1" })).status).toBe("published");
      expect(proxy.unmet()).toBe(0);
    });
  });

  test("for a moment during the publication: the log says that it was, and that it is over", async () => {
    proxy.fail(merging, 503, 6);
    const run = await toy.run();
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringMatching(
        /answered 503 [^\n]*trying again, for up to 10 min[\s\S]* answers again, \d+ s later[\s\S]*published on branch/,
      ),
    ]);
  });

  test("for good during the publication: the verdict and its reports are there, and a retry may cure it", async () => {
    proxy.before(merging, async () => {
      proxy.fail(() => true, "reset", 1_000_000);
    });
    const run = await toy.run(["--patience", "2s"]);
    expect([run.code, run.stdout]).toEqual([
      3,
      expect.stringMatching(
        /det[^\n]* may ship[\s\S]*nothing is published: lakeFS at [^\n]* does not answer/,
      ),
    ]);
    const note = join(toy.cwd, "model-to-edge-out/report/note.md");
    expect(readFileSync(note, "utf8")).toContain("det");
    // Both sides of the loss: the merge, and the removal of the draft.
    expect(run.seconds).toBeLessThan(120);
  });

  test("for longer than the run has: the reports come before the deadline", async () => {
    proxy.before(merging, async () => {
      proxy.fail(() => true, "reset", 1_000_000);
    });
    const run = await toy.run(["--timeout", "30s"]);
    expect([run.code, run.stdout]).toEqual([
      3,
      expect.stringMatching(/nothing is published: lakeFS at/),
    ]);
    expect(run.stdout).not.toContain("took longer");
    // As long as is left of the run, not of the patience.
    expect(run.stdout).toMatch(/trying again, for up to [12]?\d s$/m);
  });
});
