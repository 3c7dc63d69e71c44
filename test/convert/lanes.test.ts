import { describe, expect, test } from "vitest";
import { type LanesQuestion, lanesOf } from "../../src/convert/lanes.ts";

const GIB = 2 ** 30;
const CPU = { device: "cpu" };
const AUTO = { device: "auto" };
const question = (more: Partial<LanesQuestion>): LanesQuestion => ({
  wish: 4,
  models: [CPU, CPU, CPU, CPU, CPU],
  isolation: { level: "bubblewrap" },
  gpus: 0,
  cores: 16,
  memory: 64 * GIB,
  ...more,
});

describe("models at the same time", () => {
  test.each<[string, Partial<LanesQuestion>, number]>([
    ["as many as asked for", {}, 4],
    ["no more than there are", { wish: 9 }, 5],
    ["one, where one is asked for", { wish: 1 }, 1],
    ["one, where nothing is to be done", { models: [] }, 1],
    ["by the cores, with auto: two for each", { wish: "auto", cores: 6 }, 3],
    ["at least one, with auto", { wish: "auto", cores: 1, memory: 0 }, 1],
    [
      "without isolation, which is the user's own word",
      { isolation: { level: "none" } },
      4,
    ],
    ["where only checks run again", { isolation: null }, 4],
    ["on the CPU where no GPU is", { models: [AUTO, AUTO] }, 2],
  ])("are %s", (_what, more, count) => {
    expect(lanesOf(question(more))).toEqual({ count, because: null });
  });

  test.each<[string, Partial<LanesQuestion>, number, string]>([
    [
      "cores",
      { wish: 20, models: Array(20).fill(CPU), cores: 2 },
      2,
      "room for 2: 2 cores",
    ],
    ["memory", { memory: 5 * GIB }, 2, "5.0 GiB free"],
    ["a GPU", { models: [CPU, { device: "cuda:0" }] }, 1, "share a GPU"],
    [
      "landlock",
      { isolation: { level: "landlock" } },
      1,
      "one user (isolation: landlock)",
    ],
    [
      "another user",
      { isolation: { level: "uid" } },
      1,
      "one user (isolation: uid)",
    ],
  ])(
    "are fewer for want of room, or safety: %s",
    (_what, more, count, says) => {
      const lanes = lanesOf(question(more));
      expect(lanes.count).toBe(count);
      expect(lanes.because).toContain(says);
    },
  );
});
