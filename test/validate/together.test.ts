import { expect, test } from "vitest";
import { together } from "../../src/validate/together.ts";

const signal = new AbortController().signal;

/** Ends when it is aborted, after what it has to clear up. */
function untilAborted(log: string[]) {
  return (aborted: AbortSignal) =>
    new Promise<never>((_, reject) =>
      aborted.addEventListener("abort", () =>
        setTimeout(() => {
          log.push("cleared up");
          reject(aborted.reason);
        }, 20),
      ),
    );
}

test("both begin before one of them ends, the other process first", async () => {
  const log: string[] = [];
  const step = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    log.push(`${name} ends`);
    return name;
  };

  expect(await together(signal, step("here"), step("there"))).toEqual([
    "here",
    "there",
  ]);
  expect(log.slice(0, 2)).toEqual(["there begins", "here begins"]);
});

test("where the first fails, the second is ended, and nothing of it is left", async () => {
  const log: string[] = [];
  const failing = () => Promise.reject(new Error("the disk is full"));

  await expect(together(signal, failing, untilAborted(log))).rejects.toThrow(
    "the disk is full",
  );
  expect(log).toEqual(["cleared up"]);
});

test("where the second fails, its reason is told when the first is done", async () => {
  const log: string[] = [];
  const here = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.push("done");
  };

  await expect(
    together(signal, here, () => Promise.reject(new Error("it crashed"))),
  ).rejects.toThrow("it crashed");
  expect(log).toEqual(["done"]);
});

test("what is called off from outside ends both with that reason", async () => {
  const outside = new AbortController();
  const log: string[] = [];
  const both = together(outside.signal, async () => 1, untilAborted(log));
  outside.abort(new Error("SIGTERM"));

  await expect(both).rejects.toThrow("SIGTERM");
  expect(log).toEqual(["cleared up"]);
});
