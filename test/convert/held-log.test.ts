import { expect, test } from "vitest";
import { holdLog } from "../../src/convert/held-log.ts";
import { storeContext } from "../support/store-context.ts";

test("lines of work beside other work wait, and come in their order", async () => {
  const ctx = storeContext();
  const { log, release } = holdLog(ctx.log);

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
