import { expect, it } from "vitest";
import { optionsOf } from "../../src/config/command-options.ts";

const described = (command: string, name: string) =>
  optionsOf(command).find((option) => option.name === name)?.description;

it.each([
  ["run", "summary.json"],
  ["report", "summary.json"],
  ["plan", "plan.json"],
  ["export", "conversion.json"],
  ["verify", "what was found of each model"],
  ["config", "the settings, and what conversion.yaml has"],
  ["land", "land.json"],
  ["promote", "promotion.json, or dataset-promotion.json"],
])("%s --json prints %s, and its help says so", (command, what) => {
  expect(described(command, "json")).toBe(
    `print ${what}; the log goes to stderr`,
  );
});

it("the help names the note as what the token is for where a note is written, and only there", () => {
  for (const command of ["run", "report", "plan", "land", "promote"])
    expect(described(command, "token-variable")).toContain("the note");
  expect(described("diff", "token-variable")).not.toContain("the note");
});
