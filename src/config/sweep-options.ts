import type { Environment } from "../environment/environment.ts";
import { UsageError } from "../errors.ts";
import { parseDuration } from "./duration.ts";
import type { OptionSpec } from "./option-spec.ts";
import { optionNamed, optionValue } from "./option-value.ts";

/** What `sweep` takes beside the settings of a run that concern it. */
export const SWEEP_OPTIONS = [
  {
    name: "older-than",
    type: "duration",
    value: "DURATION",
    default: "24h",
    description:
      "only what is at least this old: longer than any job may take, or the draft of a running job is removed",
  },
  {
    name: "all-projects",
    type: "flag",
    description:
      "in a pipeline: also drafts of other projects that share the store",
  },
  {
    name: "dry-run",
    type: "flag",
    description: "only list them",
  },
  {
    name: "stale-branches",
    type: "flag",
    description: "list data branches whose Git branch is gone instead",
  },
  {
    name: "delete",
    type: "flag",
    description: "with --stale-branches: delete them",
  },
] as const satisfies readonly OptionSpec[];

export interface SweepSettings {
  olderThanMs: number;
  allProjects: boolean;
  dryRun: boolean;
  staleBranches: boolean;
  delete: boolean;
}

type Values = Readonly<Record<string, string | boolean | undefined>>;
type Name = (typeof SWEEP_OPTIONS)[number]["name"];

/** Throws `UsageError` where an age is none, or a flag would be without effect. */
export function readSweepSettings(
  flags: Values,
  environment: Pick<Environment, "option">,
): SweepSettings {
  const read = (name: Name): string =>
    optionValue(optionNamed(SWEEP_OPTIONS, name), flags, environment);
  const flag = (name: Name) => read(name) === "true";

  const age = read("older-than");
  const olderThanMs = /^0+[hms]?$/.test(age) ? 0 : parseDuration(age);
  if (olderThanMs === null)
    throw new UsageError(
      `--older-than must be a duration such as 24h, not ${JSON.stringify(age)}`,
      { code: "setting", hint: "write a number with s, m or h, such as 90m" },
    );

  if (flag("delete") && !flag("stale-branches"))
    throw new UsageError("--delete is for data branches only", {
      code: "setting",
      hint: "give `--stale-branches` too; drafts are removed without `--delete`, unless `--dry-run` is given",
    });

  if (flag("delete") && flag("dry-run"))
    throw new UsageError("--delete and --dry-run exclude each other", {
      code: "setting",
      hint: "leave one of them out; `--stale-branches` alone lists",
    });

  return {
    olderThanMs,
    allProjects: flag("all-projects"),
    dryRun: flag("dry-run"),
    staleBranches: flag("stale-branches"),
    delete: flag("delete"),
  };
}
