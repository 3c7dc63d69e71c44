import { expect, it } from "vitest";
import { toyStore } from "../support/toy-store.ts";

const SLOW = { misbehave: "slow", seconds: 4 };

it("models side by side begin before the first is done, and their lines do not mix", async () => {
  const store = toyStore({ a: SLOW, b: SLOW, c: { misbehave: "crash" } });
  const flags = ["--jobs", "3", "--publish", "passed", "--device", "cpu"];
  const { code, stdout } = await store.run(flags);

  expect({ code, stdout }).toMatchObject({ code: 3 });
  expect(stdout).toMatch(/^jobs: up to [23] models side by side$/m);
  expect(stdout).toMatch(/^a \(1\/3\): started$/m);

  // The second began before the first was done.
  const at = (text: string) => stdout.indexOf(text);
  expect(at("b (2/3): started")).toBeLessThan(at("a (1/3) may ship"));

  const { models } = store.summary();
  expect(models.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(Object.keys(store.edge()).some((path) => path.startsWith("a/"))).toBe(
    true,
  );
});

it("a number of jobs that is none is refused", async () => {
  const { code, stdout, stderr } = await toyStore().run(["--jobs", "many"]);
  expect(code).toBe(2);
  expect(stdout + stderr).toContain("--jobs must be a number from 1 to 999");
});
