import { resolve } from "node:path";
import { expect, it } from "vitest";
import { toyStore } from "../support/toy-store.ts";

const YEAR = 365 * 24 * 3_600_000;

it.each([
  ["ahead", YEAR],
  ["back", -YEAR],
  ["back before 1970", -60 * YEAR],
])(
  "a clock that is set %s in the middle of a run neither ends it nor is in its durations",
  async (_where, jump) => {
    const store = toyStore();
    const run = await store.run([], {
      env: {
        NODE_OPTIONS: `--require ${resolve("test/fixtures/jumping-clock.cjs")}`,
        JUMP_MS: String(jump),
      },
    });

    expect(run.code, run.stdout).toBe(0);
    const { models, timeline = [], publication } = store.summary();
    expect(publication.status).toBe("published");
    const seconds = [
      ...timeline.map((span) => span.seconds),
      ...models.flatMap(({ timings }) => Object.values(timings)),
    ];
    expect(seconds.length).toBeGreaterThan(6);
    expect(Math.max(...seconds)).toBeLessThan(120);
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0);
    expect(run.stdout).toMatch(/^time: \d+(\.\d)? s /m);
  },
);
