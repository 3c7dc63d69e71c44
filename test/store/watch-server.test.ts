import { expect, test } from "vitest";
import { NoAnswer, Refusal } from "../../src/store/transfer/errors.ts";
import {
  sayRepeats,
  watchServer,
} from "../../src/store/transfer/watch-server.ts";
import { storeContext } from "../support/store-context.ts";

test("a wait is told once, with its reason and limit, and its end; the last line counts what was repeated", () => {
  let time = 0;
  const ctx = storeContext({ now: () => new Date(time) });
  const busy = new Refusal("busy", 503, "overloaded");
  const lost = new NoAnswer("connection refused (ECONNREFUSED)");

  const watch = watchServer(ctx, "lakeFS at http://x");
  for (const error of [busy, lost, busy]) watch.repeats(error);
  watch.waits(busy, 600_000);
  // Another request, by another part of the run.
  watchServer(ctx, "lakeFS at http://x").waits(lost, undefined);
  time = 14_000;
  watch.answers();
  watch.answers();
  sayRepeats(ctx);
  sayRepeats(ctx);

  expect(ctx.lines).toEqual([
    "lakeFS at http://x: answered 503 (overloaded); trying again, for up to 10 min",
    "lakeFS at http://x answers again, 14 s later",
    "lakeFS at http://x: 3 requests had to be sent again: 2 × answered 503, 1 × connection refused (ECONNREFUSED)",
  ]);
});

test("who gave up does not answer again", () => {
  const ctx = storeContext();
  const watch = watchServer(ctx, "lakeFS at http://x");
  watch.waits(new NoAnswer("no answer in time"), 8_000);
  watch.givesUp();
  watch.answers();
  expect(ctx.lines).toEqual([
    "lakeFS at http://x: no answer in time; trying again, for up to 8 s",
  ]);
});

test("objects that are sent or fetched again are named, of many the first ten", () => {
  const ctx = storeContext();
  const watch = watchServer(ctx, "lakeFS at http://x");
  for (let number = 1; number <= 12; number++)
    watch.objectAgain(`m${number}`, "it begins again");
  expect(ctx.lines).toHaveLength(10);
  expect(ctx.lines[9]).toBe("m10: it begins again");
});

test("a run that met nothing says nothing", () => {
  const ctx = storeContext();
  watchServer(ctx, "lakeFS at http://x").answers();
  sayRepeats(ctx);
  expect(ctx.lines).toEqual([]);
});
