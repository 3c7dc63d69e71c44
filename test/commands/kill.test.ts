import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { waitUntil } from "../child/children.ts";
import { toyStore } from "../support/toy-store.ts";

const KILLS = process.env.STRIKES === "all" ? 20 : 8;

describe("a run that is killed", () => {
  it(`leaves edge/ old or new at ${KILLS} random moments of kill -9, and the next run succeeds`, {
    timeout: 600_000,
  }, async () => {
    const store = toyStore();
    const alone = await store.run();
    expect(alone.code).toBe(0);
    // Of the last run that converted: the machine may be busier now than at the beginning.
    let wholeMs = alone.seconds * 1000;
    let old = store.edge();
    let killedInside = 0;
    for (let round = 1; round <= KILLS; round++) {
      // Never the weights of the round before: the same inputs would be unchanged.
      const bias = round + 1;
      store.write(
        "model/det/toy.weights",
        JSON.stringify({ w: [1, 2, 3, 4], b: [0, 0, 0, bias] }),
      );
      const moment = Math.random() * wholeMs;
      const run = await store.run([], {
        started: (child) => {
          setTimeout(() => child.kill("SIGKILL"), moment);
        },
      });
      if (run.signal === "SIGKILL") killedInside++;
      const after = store.edge();
      const next = await store.run();
      expect([round, next.code]).toEqual([round, 0]);
      const whole = store.edge();
      expect(JSON.stringify(whole)).not.toBe(JSON.stringify(old));
      expect([JSON.stringify(old), JSON.stringify(whole)]).toContain(
        JSON.stringify(after),
      );
      if (JSON.stringify(after) === JSON.stringify(old))
        wholeMs = next.seconds * 1000;
      old = whole;
    }
    expect(killedInside).toBeGreaterThan(KILLS / 4);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "ends within seconds of %s: children gone, draft removed, exit 3",
    async (signal) => {
      const store = toyStore({ good: {}, hangs: { misbehave: "hang" } });
      let stopped = 0;
      const run = await store.run([], {
        started: (child) => {
          child.stdout?.on("data", (data) => {
            if (!String(data).includes("Convert hangs")) return;
            setTimeout(() => {
              stopped = performance.now();
              child.kill(signal);
            }, 500);
          });
        },
      });
      expect((performance.now() - stopped) / 1000).toBeLessThan(30);
      expect([run.code, run.stdout]).toEqual([
        3,
        expect.stringContaining(`stopped by ${signal}`),
      ]);
      expect(
        readdirSync(join(store.root, "store/.model-to-edge/drafts")),
      ).toEqual([]);
      expect(store.edge()).toEqual({});
      await waitUntil(() => processesOf(store.root).length === 0);
    },
  );
});

/** Command lines that name a folder of the test. */
function processesOf(folder: string): string[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.map(commandOf).filter((command) => command.includes(folder));
}

function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // It ended meanwhile.
    return "";
  }
}
