import { expect, it } from "vitest";
import { optionsOf } from "../../src/config/command-options.ts";
import type { OptionSpec } from "../../src/config/option-spec.ts";
import {
  PROMOTE_OPTIONS,
  readPromoteSettings,
  readRegistryWish,
} from "../../src/config/promote-options.ts";
import {
  optionVariable,
  readEnvironment,
} from "../../src/environment/environment.ts";
import { componentFile, readComponent } from "../templates/component.ts";

/** By hand alone. */
const NO_INPUT = ["back", "json"];

it("options of promote are inputs of the component, with the same defaults, each in its variable", () => {
  const { header, body } = readComponent(componentFile("promote.yml"));
  const options: readonly OptionSpec[] = [
    ...PROMOTE_OPTIONS,
    ...optionsOf("promote"),
  ];
  for (const { name, type, choices, default: fallback } of options) {
    if (NO_INPUT.includes(name)) continue;
    const variable = `    ${optionVariable(name)}: `;
    expect([name, body.includes(variable)]).toEqual([name, true]);
    const input = header.spec.inputs[name];
    expect(input?.options).toEqual(choices);
    if (name === "to") expect(input?.default).toBeUndefined();
    else if (!["timeout", "out"].includes(name))
      expect([name, input?.default]).toEqual([
        name,
        type === "flag" ? false : (fallback ?? ""),
      ]);
  }
});

it("the component's variables are read as the flags are", () => {
  const environment = readEnvironment({
    MODEL_TO_EDGE_MODEL: "det",
    MODEL_TO_EDGE_TO: "s3://b/x",
    MODEL_TO_EDGE_VERSION: "auto",
    MODEL_TO_EDGE_ALGORITHM: "",
    MODEL_TO_EDGE_DRY_RUN: "false",
    MODEL_TO_EDGE_SINGLE_WRITER: "true",
  });
  expect(readPromoteSettings({}, environment)).toMatchObject({
    ...{ model: "det", to: "s3://b/x", version: null, algorithm: null },
    ...{ branch: "main", alias: "edge", dryRun: false, singleWriter: true },
  });
});

it("a note that only a run writes is refused as a flag, for a model and for a data set", () => {
  const flags = { note: "new", to: "s3://b/x" };
  expect(() => readRegistryWish(flags, readEnvironment({}))).toThrow(
    '--note cannot be "new": known: update, off',
  );
});
