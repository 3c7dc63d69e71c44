import { describe, expect, it } from "vitest";
import { optionsOf } from "../../src/config/command-options.ts";
import type { OptionSpec } from "../../src/config/option-spec.ts";
import {
  readSweepSettings,
  SWEEP_OPTIONS,
} from "../../src/config/sweep-options.ts";
import {
  optionVariable,
  readEnvironment,
} from "../../src/environment/environment.ts";
import { componentFile, readComponent } from "../templates/component.ts";

/** Data branches are removed by hand alone. */
const NO_INPUT = ["stale-branches", "delete"];
const nothing = readEnvironment({});

it("options of sweep are inputs of the component, with the same defaults, each in its variable", () => {
  const { header, body } = readComponent(componentFile("sweep.yml"));
  const options: readonly OptionSpec[] = [
    ...SWEEP_OPTIONS,
    ...optionsOf("sweep"),
  ].filter(({ name }) => !NO_INPUT.includes(name));

  expect(options.length).toBeGreaterThan(5);
  for (const { name, type, default: fallback } of options) {
    const variable = `    ${optionVariable(name)}: `;
    expect([name, body.includes(variable)]).toEqual([name, true]);
    if (name === "store" || name === "timeout") continue;
    expect([name, header.spec.inputs[name]?.default]).toEqual([
      name,
      type === "flag" ? false : (fallback ?? ""),
    ]);
  }
});

describe("settings of a sweep", () => {
  it("are read from the component's variables", () => {
    const environment = readEnvironment({
      MODEL_TO_EDGE_OLDER_THAN: "90m",
      MODEL_TO_EDGE_ALL_PROJECTS: "true",
      MODEL_TO_EDGE_DRY_RUN: "false",
    });
    expect(readSweepSettings({}, environment)).toEqual({
      ...{ olderThanMs: 5_400_000, allProjects: true, dryRun: false },
      ...{ staleBranches: false, delete: false },
    });
  });

  it.each(["0", "0h", "00m"])("take %s as: of any age", (age) => {
    const settings = readSweepSettings({ "older-than": age }, nothing);
    expect(settings.olderThanMs).toBe(0);
  });

  it.each(["a day", "-1h", "1d", "24 hours"])("refuse the age %s", (age) => {
    expect(() => readSweepSettings({ "older-than": age }, nothing)).toThrow(
      "--older-than must be a duration",
    );
  });

  it.each([
    [{ delete: true }, "--delete is for data branches only"],
    [
      { delete: true, "stale-branches": true, "dry-run": true },
      "exclude each other",
    ],
  ])("refuse %j", (flags, says) => {
    expect(() => readSweepSettings(flags, nothing)).toThrow(says);
  });
});
