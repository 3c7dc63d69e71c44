import { setImmediate as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { makeTurns, type Turn } from "../../src/convert/turns.ts";
import { plannedModel } from "../support/sample-plan.ts";

const { signal } = new AbortController();

/** Models `a`, `b`, … that started in this order; `at` says what each does or waits for. */
function queue(lanes: number, names: string, ahead = true) {
  const seen: string[][] = [];
  const turnOf = makeTurns({
    lanes,
    mayFetchAhead: async (model, running) => {
      seen.push([model.name, ...running.map(({ name }) => name)]);
      return ahead;
    },
  });
  const at: Record<string, string> = {};
  const turns = new Map<string, Turn>();
  for (const name of names) {
    turns.set(name, turnOf(plannedModel({ name }), { signal }));
    at[name] = "waits";
  }
  const turn = (name: string) => {
    const found = turns.get(name);
    if (!found) throw new Error(name);
    return found;
  };

  return {
    ...{ at, seen, turn },
    async download(name: string) {
      void turn(name)
        .download(signal)
        .then(() => {
          at[name] = "download";
        });
      await pause();
    },
    async engine(name: string) {
      void turn(name)
        .engine(signal)
        .then(() => {
          at[name] = "engine";
        });
      await pause();
    },
    async end(name: string) {
      turn(name).end();
      delete at[name];
      await pause();
    },
  };
}

test("one model is fetched beside the engine of the one before, and no third", async () => {
  const { at, seen, download, engine, end } = queue(1, "abc");
  for (const name of "cba") await download(name);
  expect(at).toEqual({ a: "download", b: "waits", c: "waits" });

  await engine("a");
  expect(at).toEqual({ a: "engine", b: "download", c: "waits" });
  await engine("b");
  expect(at).toEqual({ a: "engine", b: "download", c: "waits" });

  await end("a");
  expect(at).toEqual({ b: "engine", c: "download" });
  expect(seen).toEqual([
    ["b", "a"],
    ["c", "b"],
  ]);
});

test("where there is no room, or no safety, the next one is fetched when the one before is done", async () => {
  const { at, download, engine, end } = queue(1, "ab", false);
  for (const name of "ab") await download(name);
  await engine("a");
  expect(at).toEqual({ a: "engine", b: "waits" });

  await end("a");
  expect(at).toEqual({ b: "download" });
});

test("a model that ends early, or before it began, lets the next one begin", async () => {
  const { at, download, engine, end } = queue(1, "abcd");
  for (const name of "abd") await download(name);
  await end("a");
  expect(at).toEqual({ b: "download", c: "waits", d: "waits" });

  await engine("b");
  await end("c");
  expect(at).toEqual({ b: "engine", d: "download" });
});

test("two lanes convert two, and fetch one more", async () => {
  const { at, download, engine, end } = queue(2, "abc");
  for (const name of "abc") await download(name);
  expect(at).toEqual({ a: "download", b: "download", c: "waits" });

  for (const name of "abc") await engine(name);
  expect(at).toEqual({ a: "engine", b: "engine", c: "download" });

  await end("b");
  expect(at).toEqual({ a: "engine", c: "engine" });
});

test("says whether it had to wait for the engine: then what was lacking may be there", async () => {
  const { turn, download, engine, end } = queue(1, "ab");
  for (const name of "ab") await download(name);
  await engine("a");
  expect(await turn("a").engine(signal)).toBe(false);

  const waited = turn("b").engine(signal);
  await end("a");
  expect(await waited).toBe(true);
});
