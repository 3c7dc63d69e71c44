import { describe, expect, it } from "vitest";
import { bodyProblems } from "./check-body.ts";
import { headerProblems } from "./check-header.ts";
import { splitComponent } from "./component.ts";

/** A component with one input and one job, and a part of it replaced. */
function variant(
  replace: string,
  by: string,
): ReturnType<typeof splitComponent> {
  const good = `spec:
  inputs:
    job-prefix:
      description: Put before the name.
      default: ''
      regex: ^[a-z]*$
---
"$[[ inputs.job-prefix ]]convert":
  inherit:
    default: false
  script:
    - model-to-edge run
`;
  if (!good.includes(replace))
    throw new Error(`nothing to replace: ${replace}`);
  return splitComponent(good.replace(replace, by));
}

describe("the checker of headers", () => {
  it.each([
    ["a typo in a key", "default: ''", "defualt: ''", "unknown key defualt"],
    [
      "another key beside inputs",
      "spec:\n",
      "spec:\n  include: []\n",
      "include: unknown key",
    ],
    [
      "no description",
      "      description: Put before the name.\n",
      "",
      "no description",
    ],
    [
      "a long description",
      "Put before the name.",
      "x".repeat(257),
      "more than 256",
    ],
    [
      "a default of another type",
      "default: ''",
      "default: 7",
      "7 is not a string",
    ],
    [
      "a default that does not match",
      "default: ''",
      "default: '9'",
      "does not match",
    ],
    [
      "a default outside its options",
      "regex: ^[a-z]*$",
      "options: [a, b]",
      "is not an option",
    ],
    ["an unknown type", "default: ''", "type: text", "unknown type text"],
    [
      "a name that is not kebab-case",
      "    job-prefix:",
      "    job_prefix:",
      "not kebab-case",
    ],
    [
      "an input that is declared and not used",
      '"$[[ inputs.job-prefix ]]convert"',
      "convert",
      "declared and not used",
    ],
    [
      "an input that is used and not declared",
      "    - model",
      "    - $[[ inputs.x ]] model",
      "used and not declared",
    ],
    ["a regex that lets a quote through", "^[a-z]*$", "^.*$", "lets a quote"],
    ["no regex at all", "      regex: ^[a-z]*$\n", "", "lets a quote"],
    [
      "options of a boolean",
      "default: ''",
      "type: boolean\n      options: [true]",
      "a boolean has no options",
    ],
  ])("notices %s", (_what, replace, by, problem) => {
    expect(headerProblems(variant("default", "default"))).toEqual([]);
    expect(headerProblems(variant(replace, by)).join("\n")).toContain(problem);
  });
});

describe("the checker of bodies", () => {
  it.each([
    [
      "a global key",
      '"$[[ inputs.job-prefix ]]convert"',
      "variables",
      "for all jobs of a pipeline",
    ],
    [
      "a hidden job",
      '"$[[ inputs.job-prefix ]]convert"',
      "'.base'",
      "a hidden job is global",
    ],
    [
      "a name without the prefix",
      '"$[[ inputs.job-prefix ]]convert"',
      "convert",
      "does not begin with the prefix",
    ],
    [
      "a job that inherits",
      "  inherit:\n    default: false\n",
      "",
      "inherits the consumer's default",
    ],
    [
      "an after_script",
      "  script:",
      "  after_script: [x]\n  script:",
      "has after_script",
    ],
    [
      "a script line with an input",
      "model-to-edge run",
      "'run $[[ inputs.job-prefix ]]'",
      "reads a variable",
    ],
    [
      "logic in a script line",
      "model-to-edge run",
      "a && b",
      "logic in a script line",
    ],
    [
      "an input without quotes",
      "  script:",
      "  stage: $[[ inputs.job-prefix ]]\n  script:",
      "input without quotes",
    ],
    [
      "an input in a flow list",
      "  script:",
      "  tags: ['$[[ inputs.job-prefix ]]']\n  script:",
      "flow collection",
    ],
    [
      "an input in single quotes",
      "  script:",
      "  stage: '$[[ inputs.job-prefix ]]'\n  script:",
      "single quotes",
    ],
  ])("notices %s", (_what, replace, by, problem) => {
    expect(bodyProblems(variant("default", "default").body)).toEqual([]);
    expect(bodyProblems(variant(replace, by).body).join("\n")).toContain(
      problem,
    );
  });
});
