import { expect, test } from "vitest";
import { holdLog } from "../../src/convert/held-log.ts";
import type { Log } from "../../src/log/log.ts";
import { storeContext } from "../support/store-context.ts";

test("lines of work beside other work wait, and come in their order", async () => {
  const ctx = storeContext();
  const { log, release } = holdLog(ctx.log, { progress: "shown" });

  log.info("first");
  const result = await log.section("a part", async () => {
    log.warn("second");
    return 7;
  });
  log.error("third");

  expect(result).toBe(7);
  expect(ctx.lines).toEqual([]);

  release();
  const held = ctx.lines.map((line) => line.replace(/^\w+: /, ""));
  expect(held).toEqual(["first", "a part", "second", "third"]);

  release();
  expect(ctx.lines).toHaveLength(4);
});

test("work beside what is shown is quiet until its turn, and then goes on in the open", async () => {
  const shown: string[] = [];
  const ctx = storeContext();
  const into: Log = {
    ...ctx.log,
    section: (title, work) => {
      ctx.log.info(`section ${title}`);
      return work();
    },
    progress: (label, total) => {
      shown.push(`${label} of ${total}`);
      return {
        advance: (by) => shown.push(`+${by}`),
        at: (done) => shown.push(`at ${done}`),
        end: () => shown.push("end"),
      };
    },
  };
  const { log, goLive } = holdLog(into, { progress: "held" });
  const ended = log.progress("seen by nobody", 5, "bytes");
  ended.advance(5);
  ended.end();
  const bytes = log.progress("download", 100, "bytes");
  bytes.advance(30);
  const steps = log.progress("engine");
  steps.at(1, 3);
  log.info("first");
  expect([shown, ctx.lines]).toEqual([[], []]);

  goLive();
  bytes.advance(70);
  bytes.end();
  expect(shown).toEqual([
    ...["download, the rest of 70", "engine of undefined"],
    ...["at 1", "+70", "end"],
  ]);

  await log.section("open", async () => log.info("second"));
  log.progress("later", 7);
  expect(ctx.lines).toEqual(["first", "section open", "second"]);
  expect(shown.at(-1)).toBe("later of 7");
});
