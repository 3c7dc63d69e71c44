import { expect, test } from "vitest";
import { inParallel } from "../../src/store/parallel.ts";

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

test("keeps the order of the items, and no more than the width at once", async () => {
  let running = 0;
  let most = 0;
  const doubled = await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++running);
    await tick();
    running--;
    return item * 2;
  });
  expect(doubled).toEqual([2, 4, 6, 8, 10, 12, 14]);
  expect(most).toBe(3);
});

test("starts nothing more after a failure, and waits for what runs", async () => {
  const started: number[] = [];
  let ended = 0;
  const work = inParallel([0, 1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    await tick();
    if (item === 1) throw new Error("one");
    await tick();
    ended++;
  });
  await expect(work).rejects.toThrow("one");
  expect(started).toEqual([0, 1]);
  expect(ended).toBe(1);
});
