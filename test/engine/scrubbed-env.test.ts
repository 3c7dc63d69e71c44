import { expect, it } from "vitest";
import { availableCores } from "../../src/child/available-cores.ts";
import { scrubbedEnv } from "../../src/engine/scrubbed-env.ts";
import { readEnvironment } from "../../src/environment/environment.ts";

const threads = (variables: Record<string, string>) =>
  scrubbedEnv({ environment: readEnvironment(variables), root: "/" }, "/work")
    .OMP_NUM_THREADS;

it("an engine gets as many threads as the runner has time on cores", () => {
  expect(threads({})).toBe(String(availableCores()));
});

it("a number of threads that the user sets stays", () => {
  expect(threads({ OMP_NUM_THREADS: "7" })).toBe("7");
});

it("an empty number of threads is none", () => {
  expect(threads({ OMP_NUM_THREADS: "" })).toBe(String(availableCores()));
});
