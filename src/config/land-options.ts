import type { Environment } from "../environment/environment.ts";
import { UsageError } from "../errors.ts";
import { suggestion } from "../text/nearest.ts";
import { refuseOthersChoices } from "./command-options.ts";
import { parseDuration } from "./duration.ts";
import type { OptionSpec } from "./option-spec.ts";
import { optionNamed, optionValue } from "./option-value.ts";

/** What `land` takes beside the settings of a run that concern it. */
export const LAND_OPTIONS = [
  {
    name: "land",
    type: "text",
    value: "WHAT",
    choices: ["on", "off"],
    default: "on",
    description:
      "merge the data branch, or only check it and print the merge command",
  },
  {
    name: "target-branch",
    type: "text",
    value: "NAME",
    description:
      "branch of the store to land in; default: the one that belongs to the pushed Git branch",
  },
  {
    name: "wait",
    type: "duration",
    value: "DURATION",
    default: "10m",
    description:
      "how long to wait for a verdict while the merge request pipeline still runs; 0: do not wait",
  },
  {
    name: "delete-branch",
    type: "text",
    value: "WHEN",
    choices: ["gone", "always", "never"],
    default: "gone",
    description:
      "delete the landed data branch when the Git branch is gone, always, or never",
  },
] as const satisfies readonly OptionSpec[];

export interface LandSettings {
  mode: "on" | "off";
  targetBranch: string | null;
  waitMs: number;
  deleteBranch: "gone" | "always" | "never";
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** Throws one `UsageError` that names all wrong values. */
export function readLandSettings(
  flags: Values,
  environment: Pick<Environment, "option">,
): LandSettings {
  refuseOthersChoices("land", flags);

  const problems: string[] = [];
  const read = (name: (typeof LAND_OPTIONS)[number]["name"]): string => {
    const option = optionNamed(LAND_OPTIONS, name);
    const value = optionValue(option, flags, environment);
    const choices = option.choices;

    if (choices && !choices.includes(value))
      problems.push(
        `--${name} cannot be ${JSON.stringify(value)}: ${suggestion(value, choices)}`,
      );

    return value;
  };

  const [land, wait, deleteBranch] = [
    read("land"),
    read("wait"),
    read("delete-branch"),
  ];

  const waitMs = /^0+[hms]?$/.test(wait) ? 0 : parseDuration(wait);

  if (waitMs === null)
    problems.push(
      `--wait must be a duration such as 10m, or 0, not ${JSON.stringify(wait)}`,
    );

  if (problems.length > 0)
    throw new UsageError(problems.join("; "), {
      code: "setting",
      hint: "correct it: `model-to-edge land --help` lists what is accepted",
    });

  return {
    mode: land as LandSettings["mode"],
    targetBranch: read("target-branch") || null,
    waitMs: waitMs ?? 0,
    deleteBranch: deleteBranch as LandSettings["deleteBranch"],
  };
}
