import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openPublished } from "../../../src/validate/performance/published-model.ts";
import type { Session } from "../../../src/validate/runtime/session.ts";
import { networkFolder } from "../../support/model-folder.ts";

const MOST_MS = 500;
const MODEL = join(await networkFolder(), "end2end.onnx");
const { size } = await stat(MODEL);

/** Loads and runs of so many milliseconds; `log` has what was done. */
function slow(log: string[], loadMs: number, runMs: number): Session["time"] {
  return async () => {
    log.push("load");
    await sleep(loadMs);
    return {
      loadMs,
      async run() {
        log.push("run");
        await sleep(runMs);
        return [runMs];
      },
      release: async () => void log.push("release"),
    };
  };
}

/** Beside a model of the same size, or a part of it. */
async function opened(time: Session["time"], loadMs: number, part = 1) {
  const beside = { feeds: new Map(), bytes: size * part, loadMs };
  return openPublished(time, MODEL, beside, MOST_MS);
}

test("what fits is opened, and the rest of its time is told", async () => {
  const log: string[] = [];
  const found = await opened(slow(log, 20, 10), 20);
  expect(found).toMatchObject({ problem: null, bytes: size, runMs: 10 });
  expect(found.leftMs).toBeLessThan(MOST_MS - 25);
  expect(log).toEqual(["load", "run"]);
});

test.each<[string, number, number]>([
  ["a run", 0, 150],
  ["a load", 600, 1],
])(
  "%s that takes too long is left out, with its times",
  async (_, load, run) => {
    const log: string[] = [];
    const found = await opened(slow(log, load, run), 1);
    expect(found).toMatchObject({ session: null, bytes: size });
    expect(found.problem).toBe(
      `measuring it would take longer than 500 ms (load ${load} ms, a run ${run} ms)`,
    );
    expect(log).toEqual(["load", "run", "release"]);
  },
);

test("a model that is much larger is not even loaded", async () => {
  const log: string[] = [];
  const found = await opened(slow(log, 0, 0), 100, 0.1);
  expect(found.problem).toContain("(load about 1000 ms)");
  expect(log).toEqual([]);
});
