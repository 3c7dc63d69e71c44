import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { OptionSpec } from "../../src/config/option-spec.ts";
import { RUN_OPTIONS } from "../../src/config/options.ts";
import { optionVariable } from "../../src/environment/environment.ts";
import { bodyProblems } from "./check-body.ts";
import { headerProblems } from "./check-header.ts";
import {
  COMPONENTS,
  CONVERT,
  componentFile,
  readComponent,
} from "./component.ts";

const convert = readComponent(CONVERT);
/** Inputs that shape the job and never reach the command line. */
const OF_THE_JOB = [
  ...[
    "image",
    "tags",
    "stage",
    "job-name",
    "job-prefix",
    "needs",
    "rules",
    "start-on",
    "retry",
    "allow-failure",
    "interruptible",
    "ca-file",
    "docs-url",
  ],
  ...["resource-group", "artifacts-expire-in"],
];
const OF_THE_RUN = RUN_OPTIONS.filter(
  (option: OptionSpec) => !option.commandLineOnly,
);

describe.each(COMPONENTS)("the component %s", (name) => {
  it("has a header that GitLab's catalog takes and people understand", () => {
    expect(headerProblems(readComponent(componentFile(name)))).toEqual([]);
  });

  it("has a body without logic, without global keys, and with every input quoted", () => {
    expect(bodyProblems(readComponent(componentFile(name)).body)).toEqual([]);
  });
});

describe("the component convert", () => {
  it("has its inputs, and the command line its flags, in tables of docs/", () => {
    const script = fileURLToPath(
      new URL("../../scripts/templates/doc-tables.mjs", import.meta.url),
    );
    const { stderr, status } = spawnSync(
      process.execPath,
      [script, "--check"],
      { encoding: "utf8" },
    );
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  });

  it("has the command line's options as inputs, and beside them only what shapes the job", () => {
    const inputs = Object.keys(convert.header.spec.inputs).sort();
    expect(inputs).toEqual(
      [...OF_THE_RUN.map(({ name }) => name), ...OF_THE_JOB].sort(),
    );
  });

  it.each(
    OF_THE_RUN.map((option): [string, OptionSpec] => [option.name, option]),
  )(
    "passes %s on in its variable, with the command line's choices and default",
    (name, option) => {
      const spec = convert.header.spec.inputs[name];
      expect(convert.body).toContain(
        `    ${optionVariable(name)}: "$[[ inputs.${name} ]]"\n`,
      );
      if (option.choices)
        expect(spec?.options?.filter((choice) => choice !== "")).toEqual(
          option.choices,
        );
      if (option.type === "flag")
        expect(spec).toMatchObject({ type: "boolean", default: false });
      // In a pipeline no level will do that reaches a secret; on somebody's own machine the best there is.
      else if (name === "isolation") expect(spec?.default).toBe("required");
      // An empty variable counts as not set; a store has to be named, and a job needs a limit of its own.
      else if (name !== "store" && name !== "timeout")
        expect(spec?.default).toBe(option.default ?? "");
    },
  );
});
