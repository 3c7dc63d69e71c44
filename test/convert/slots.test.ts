import { expect, test } from "vitest";
import { makeSlots } from "../../src/convert/slots.ts";

const { signal } = new AbortController();

test("places are taken in order, and a place given back twice is one place", async () => {
  const slots = makeSlots(1);
  const got: string[] = [];
  const first = await slots.take(signal);
  const others = ["b", "c"].map(async (name) => {
    const giveBack = await slots.take(signal);
    got.push(name);
    return giveBack;
  });

  first();
  first();
  const [second] = await Promise.all([others[0]]);
  expect([got, slots.free()]).toEqual([["b"], 0]);

  second?.();
  (await others[1])?.();
  expect([got, slots.free()]).toEqual([["b", "c"], 1]);
});

test("who is called off leaves the queue, and throws the reason", async () => {
  const slots = makeSlots(1);
  const giveBack = await slots.take(signal);
  const stop = new AbortController();
  const called = slots.take(stop.signal);
  const last = slots.take(signal);

  stop.abort(new Error("enough"));
  await expect(called).rejects.toThrow("enough");
  await expect(slots.take(stop.signal)).rejects.toThrow("enough");

  giveBack();
  (await last)();
  expect(slots.free()).toBe(1);
});
