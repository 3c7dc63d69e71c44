import {
  type Environment,
  optionVariable,
} from "../environment/environment.ts";
import { UsageError } from "../errors.ts";
import { readEngineTable } from "./engine-table.ts";
import type { OptionSpec } from "./option-spec.ts";
import { optionNamed, optionValue } from "./option-value.ts";

/** What `fleet` takes; the jobs that it writes get the settings of the run as they are set here. */
export const FLEET_OPTIONS = [
  {
    name: "out",
    type: "text",
    value: "DIR",
    default: "model-to-edge-out",
    description:
      "folder with plan.json; fleet.json and child-pipeline.yml are written beside it",
  },
  {
    name: "max-jobs",
    type: "text",
    value: "N",
    default: "20",
    description: "convert jobs of the child pipeline at most",
  },
  {
    name: "image",
    type: "text",
    value: "IMAGE",
    description: "image of the jobs without an engine",
  },
  {
    name: "engine-images",
    type: "text",
    value: "LIST",
    description: "images of convert jobs by engine: ENGINE=IMAGE; ENGINE=IMAGE",
  },
  {
    name: "child-tags",
    type: "text",
    value: "LIST",
    description:
      "comma-separated tags of the runners of all jobs of the child pipeline",
  },
  {
    name: "engine-tags",
    type: "text",
    value: "LIST",
    description:
      "tags of the runners of convert jobs by engine, instead: ENGINE=TAG,TAG; ENGINE=TAG",
  },
  {
    name: "timeout",
    type: "duration",
    value: "DURATION",
    default: "1h",
    description: "limit for each job, such as 45m",
  },
  {
    name: "retry",
    type: "text",
    value: "N",
    default: "1",
    description:
      "how often a job is retried after exit code 3 or a failure of its runner",
  },
  {
    name: "interruptible",
    type: "text",
    value: "BOOLEAN",
    choices: ["true", "false"],
    default: "true",
    description: "a newer pipeline may cancel the jobs",
  },
  {
    name: "artifacts-expire-in",
    type: "text",
    value: "DURATION",
    default: "30 days",
    description: "how long GitLab keeps documents, logs and reports",
  },
] as const satisfies readonly OptionSpec[];

/** What `convert` takes beside the settings of a run. */
export const BATCH_OPTION: OptionSpec = {
  name: "batch",
  type: "text",
  value: "N",
  description:
    "convert only this batch of fleet.json; 0: what needs no conversion",
};

/** Null: all models. Throws `UsageError` where it is not a number. */
export function readBatch(
  flags: Values,
  environment: Pick<Environment, "option">,
): number | null {
  const text = optionValue(BATCH_OPTION, flags, environment);
  if (text === "") return null;
  if (/^\d{1,6}$/.test(text)) return Number(text);

  throw new UsageError(
    `--batch must be a number of fleet.json, or 0, not ${JSON.stringify(text)}`,
    {
      code: "setting",
      hint: `correct \`--batch\`, or ${optionVariable("batch")}: \`fleet\` sets it in the child pipeline`,
    },
  );
}

/**
 * The image that converts with an engine, as the option `engine-images` or the template's own variables name it; null
 * where neither does.
 */
export function engineImageOf(
  environment: Pick<Environment, "option">,
  engine: string,
  images = environment.option("engine-images") ?? "",
): string | null {
  const gpu = environment.option("gpu") === "true";

  return (
    readEngineTable("engine-images", images).get(engine) ??
    environment.option(`image-gpu-${gpu}-${engine}`)
  );
}

export interface FleetSettings {
  out: string;
  maxJobs: number;
  image: string;
  engineImages: string;
  childTags: string;
  engineTags: string;
  timeout: string;
  retry: number;
  interruptible: boolean;
  expireIn: string;
}

type Values = Readonly<Record<string, string | boolean | undefined>>;
type Name = (typeof FLEET_OPTIONS)[number]["name"];

/** Throws `UsageError` that names the first wrong value. */
export function readFleetSettings(
  flags: Values,
  environment: Pick<Environment, "option">,
): FleetSettings {
  const text = (name: Name): string =>
    optionValue(optionNamed(FLEET_OPTIONS, name), flags, environment);
  const matching = (name: Name, form: RegExp, must: string): string => {
    if (form.test(text(name))) return text(name);
    throw new UsageError(
      `--${name} must be ${must}, not ${JSON.stringify(text(name))}`,
      {
        code: "setting",
        hint: `correct --${name}, or ${optionVariable(name)}; \`model-to-edge fleet --help\` lists what is accepted`,
      },
    );
  };

  return {
    out: text("out"),
    maxJobs: Number(matching("max-jobs", /^[1-9]\d{0,5}$/, "a number from 1")),
    image: matching("image", /^\S+$/, "the name of an image"),
    engineImages: text("engine-images"),
    childTags: text("child-tags"),
    engineTags: text("engine-tags"),
    timeout: matching(
      "timeout",
      /^\d+[hms](\d+[ms])*$/,
      "a duration such as 90s, 45m or 1h30m",
    ),
    retry: Number(matching("retry", /^[0-2]$/, "0, 1 or 2")),
    interruptible:
      matching("interruptible", /^(true|false)$/, "true or false") === "true",
    expireIn: text("artifacts-expire-in"),
  };
}
