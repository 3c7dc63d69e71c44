import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";

/** Programs of the folder that a person calls; `measure.mjs` is a part of them. */
const PROGRAMS = readdirSync("bench").filter(
  (name) => name.endsWith(".mjs") && name !== "measure.mjs",
);

it.each([...PROGRAMS.map((name) => `bench/${name}`), "scripts/zoo-wrong.mjs"])(
  "%s answers an option that it does not have with its usage",
  (program) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [program, "--no-such-option"],
      { encoding: "utf8" },
    );
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Unknown option '--no-such-option'");
    expect(stderr).toMatch(/^usage: node /im);
    expect(stderr).not.toContain("    at ");
  },
);

it("a number of models that is none is a mistake, too", () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ["bench/plan.mjs", "many"],
    { encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/^many is not a whole number\nUsage: node /i),
  ]);
});
