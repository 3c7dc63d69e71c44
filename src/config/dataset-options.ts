import {
  type Environment,
  optionVariable,
} from "../environment/environment.ts";
import { UsageError } from "../errors.ts";
import type { OptionSpec } from "./option-spec.ts";
import { optionNamed, optionValue } from "./option-value.ts";

/** What `promote` takes to write a data set instead of a model. */
export const DATASET_OPTIONS = [
  {
    name: "info",
    type: "text",
    value: "FOLDER",
    description:
      "instead of a model: a folder with info_train.pkl, info_val.pkl and info_test.pkl, which goes to info/VERSION/SET/",
  },
  {
    name: "awml-version",
    type: "text",
    value: "VERSION",
    description: "of --info: AWML's version that made it, such as v0.3.0",
  },
  {
    name: "set",
    type: "text",
    value: "NAME",
    description: "of --info: the set, such as base",
  },
  {
    name: "auto-label",
    type: "text",
    value: "FOLDER",
    description:
      "instead of a model: a folder of labels, which goes to auto_label/DAY_DATASET/",
  },
  {
    name: "day",
    type: "text",
    value: "YYYYMMDD",
    description: "of --auto-label: the day, such as 20241101",
  },
  {
    name: "dataset",
    type: "text",
    value: "NAME",
    description: "of --auto-label: the data set, such as xx1",
  },
] as const satisfies readonly OptionSpec[];

/** A data set to promote, as the user named it. */
export type DatasetWish =
  | { kind: "info"; folder: string; awmlVersion: string; set: string }
  | { kind: "auto-label"; folder: string; day: string; dataset: string };

type Values = Readonly<Record<string, string | boolean | undefined>>;
type Name = (typeof DATASET_OPTIONS)[number]["name"];

/** What belongs to a model alone; others have defaults, which templates pass. */
const OF_MODEL = ["algorithm", "name", "back", "version", "bom"];
const NOTHING = ["", "false", "auto"];

/**
 * The data set that is to be promoted; null where none is named. Throws `UsageError` where there are two things to promote, or
 * where an option is missing or belongs to another one.
 */
export function readDatasetWish(
  flags: Values,
  environment: Pick<Environment, "option">,
): DatasetWish | null {
  const given = (name: string) =>
    String(flags[name] || environment.option(name) || "");
  const read = (name: Name): string =>
    optionValue(optionNamed(DATASET_OPTIONS, name), flags, environment);
  const needed = (name: Name, of: Name): string => {
    const value = read(name);
    if (value !== "") return value;
    throw wrong(
      `--${of} needs --${name}`,
      `give it, or set ${optionVariable(name)}`,
    );
  };
  const named = ["model", "info", "auto-label"].filter((name) => given(name));
  if (named.length > 1)
    throw wrong(
      `${named.map((name) => `--${name}`).join(" and ")} are different things to promote`,
      "give one of them, and include the component once for each",
    );

  const kind = named.find((name) => name !== "model") ?? null;
  refuseOthers(kind, given);
  if (kind === "info")
    return {
      ...{ kind, folder: read("info") },
      awmlVersion: needed("awml-version", "info"),
      set: needed("set", "info"),
    };
  if (kind === "auto-label")
    return {
      ...{ kind, folder: read("auto-label") },
      day: needed("day", "auto-label"),
      dataset: needed("dataset", "auto-label"),
    };

  return null;
}

/** An option that would change nothing is a mistake. */
function refuseOthers(
  kind: string | null,
  given: (name: string) => string,
): void {
  const belongs: Record<string, string[]> = {
    info: ["awml-version", "set"],
    "auto-label": ["day", "dataset"],
    ...(kind === null ? {} : { model: OF_MODEL }),
  };

  for (const [of, names] of Object.entries(belongs)) {
    const stray = names.find((name) => !NOTHING.includes(given(name)));
    if (of !== kind && stray !== undefined)
      throw wrong(
        `--${stray} belongs to --${of}, which is not given`,
        "leave it out, or name what it is for",
      );
  }
}

function wrong(message: string, hint: string): UsageError {
  return new UsageError(message, {
    code: "setting",
    hint: `${hint}; \`model-to-edge promote --help\` lists all options`,
  });
}
