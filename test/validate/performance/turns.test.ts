import { describe, expect, test } from "vitest";
import { takeTurns } from "../../../src/validate/performance/turns.ts";

/** A runner whose windows take these milliseconds a run, then the last of them for ever; notes its turns in `log`. */
function runner(name: string, log: string[], ...times: number[]) {
  let window = 0;
  return {
    async run(count: number) {
      log.push(name);
      const time = times[Math.min(window++, times.length - 1)] ?? 0;
      return Array.from({ length: count }, () => time);
    },
  };
}

describe("takeTurns", () => {
  test("ends after three steady windows", async () => {
    expect(await takeTurns([runner("a", [], 5)], 2)).toEqual([
      [
        [5, 5],
        [5, 5],
        [5, 5],
      ],
    ]);
  });

  test("goes on until the last three are steady", async () => {
    const [windows] = await takeTurns([runner("a", [], 9, 5, 8, 5)], 1);
    expect(windows).toHaveLength(6);
  });

  test("gives up after ten", async () => {
    const [windows] = await takeTurns(
      [runner("a", [], 1, 2, 4, 8, 16, 32, 64, 128, 256, 512)],
      1,
    );
    expect(windows).toHaveLength(10);
  });

  test("gives up after three where they take long", async () => {
    const [windows] = await takeTurns([runner("a", [], 2000, 3000, 4000)], 1);
    expect(windows).toHaveLength(3);
  });

  test("the second takes no more than it may, after three windows", async () => {
    const log: string[] = [];
    const unsteady = [100, 300, 100, 300, 100, 300];
    const turns = (most: number) =>
      takeTurns([runner("a", log, 1), runner("b", log, ...unsteady)], 1, most);
    expect((await turns(10))[1]).toHaveLength(3);
    expect((await turns(900))[1]).toHaveLength(4);
    expect((await turns(5000))[1]?.length).toBeGreaterThan(4);
  });

  test("two take turns, each first as often, for five windows", async () => {
    const log: string[] = [];
    await takeTurns([runner("a", log, 5), runner("b", log, 6)], 1);
    expect(log.join("")).toBe("abbaabbaab");
  });
});
