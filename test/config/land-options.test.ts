import { describe, expect, it } from "vitest";
import { optionsOf } from "../../src/config/command-options.ts";
import {
  LAND_OPTIONS,
  readLandSettings,
} from "../../src/config/land-options.ts";
import type { OptionSpec } from "../../src/config/option-spec.ts";
import {
  optionVariable,
  readEnvironment,
} from "../../src/environment/environment.ts";
import { componentFile, readComponent } from "../templates/component.ts";

describe("the settings of land", () => {
  it("come from flags before variables before defaults; an empty one counts as not set", () => {
    expect(readLandSettings({}, readEnvironment({}))).toEqual({
      mode: "on",
      targetBranch: null,
      waitMs: 600_000,
      deleteBranch: "gone",
    });
    const env = readEnvironment({
      MODEL_TO_EDGE_LAND: "off",
      MODEL_TO_EDGE_WAIT: "90s",
      MODEL_TO_EDGE_TARGET_BRANCH: "",
    });
    expect(readLandSettings({ wait: "0" }, env)).toMatchObject({
      mode: "off",
      targetBranch: null,
      waitMs: 0,
    });
    expect(readLandSettings({ "target-branch": "stable" }, env)).toMatchObject({
      targetBranch: "stable",
      waitMs: 90_000,
    });
  });

  it("are refused all at once where they are wrong", () => {
    const wrong = { land: "offf", wait: "soon", "delete-branch": "yes" };
    expect(() => readLandSettings(wrong, readEnvironment({}))).toThrow(
      /--land.*did you mean "off".*--delete-branch.*--wait/,
    );
  });

  it("refuse a flag with a value that only a run heeds; a variable of the project may have it", () => {
    for (const flags of [{ note: "quiet" }, { "missing-branch": "create" }])
      expect(() => readLandSettings(flags, readEnvironment({}))).toThrow(
        /^--(note|missing-branch) cannot be "(quiet|create)": known: /,
      );

    const ofAllJobs = readEnvironment({ MODEL_TO_EDGE_NOTE: "quiet" });
    expect(readLandSettings({ note: "off" }, ofAllJobs).mode).toBe("on");
  });

  it("are inputs of the component, with the same choices and defaults, each in its variable", () => {
    const { header, body } = readComponent(componentFile("land.yml"));
    for (const option of [
      ...LAND_OPTIONS,
      ...optionsOf("land"),
    ] as OptionSpec[]) {
      if (option.commandLineOnly) continue;
      const input = header.spec.inputs[option.name];
      expect([
        option.name,
        body.includes(
          `    ${optionVariable(option.name)}: "$[[ inputs.${option.name} ]]"\n`,
        ),
      ]).toEqual([option.name, true]);
      if (!["store", "timeout"].includes(option.name))
        expect(input?.default).toBe(defaultOf(option));
      if (option.choices)
        expect(input?.options?.filter((choice) => choice !== "")).toEqual(
          option.choices,
        );
    }
  });
});

/** Of a template's input: an input without one counts as not set. */
function defaultOf(option: OptionSpec): string | boolean {
  return option.type === "flag" ? false : (option.default ?? "");
}
