import {
  type Environment,
  optionVariable,
} from "../environment/environment.ts";
import { UsageError } from "../errors.ts";
import { refuseOthersChoices } from "./command-options.ts";
import { DATASET_OPTIONS } from "./dataset-options.ts";
import type { OptionSpec } from "./option-spec.ts";
import { optionNamed, optionValue } from "./option-value.ts";

/** What `promote` takes beside the settings of a run that concern it. */
export const PROMOTE_OPTIONS = [
  {
    name: "model",
    type: "text",
    value: "NAME",
    description: "the model to promote",
  },
  ...DATASET_OPTIONS,
  {
    name: "to",
    type: "text",
    value: "URL",
    description:
      "the registry: s3://BUCKET/PREFIX, file:///FOLDER, gitlab:, gitlab:GROUP/PROJECT, or mlflow:",
  },
  {
    name: "branch",
    type: "text",
    value: "NAME",
    default: "main",
    description: "branch of the store with the landed model",
  },
  {
    name: "version",
    type: "text",
    value: "VERSION",
    default: "auto",
    description:
      "the version; auto: computed from what changed since the newest one",
  },
  {
    name: "algorithm",
    type: "text",
    value: "NAME",
    description:
      "folder of the registry that groups models, such as CenterPoint; default: release.algorithm of conversion.yaml",
  },
  {
    name: "name",
    type: "text",
    value: "NAME",
    description:
      "the model's name in the registry; default: release.name of conversion.yaml, else its own",
  },
  {
    name: "alias",
    type: "text",
    value: "NAME",
    default: "edge",
    description: "alias that names this version afterwards, beside latest",
  },
  {
    name: "bom",
    type: "flag",
    description:
      "add a bill of materials to the version: bom.cdx.json, CycloneDX 1.6",
  },
  {
    name: "back",
    type: "flag",
    description:
      "promote nothing: let the alias name again the version that it named before",
  },
  {
    name: "dry-run",
    type: "flag",
    description: "prove and compute the version, and write nothing",
  },
  {
    name: "single-writer",
    type: "flag",
    description:
      "nobody else promotes at the same time: for S3 servers without conditional writes",
  },
] as const satisfies readonly OptionSpec[];

export interface RegistryWish {
  to: string;
  dryRun: boolean;
  singleWriter: boolean;
}

export interface PromoteSettings extends RegistryWish {
  model: string;
  branch: string;
  /** Null: computed. */
  version: string | null;
  algorithm: string | null;
  name: string | null;
  alias: string;
  bom: boolean;
  back: boolean;
}

type Values = Readonly<Record<string, string | boolean | undefined>>;
type Name = (typeof PROMOTE_OPTIONS)[number]["name"];

/** Where a promotion goes, whatever is promoted. Throws `UsageError` where nothing is named, or a flag is wrong. */
export function readRegistryWish(
  flags: Values,
  environment: Pick<Environment, "option">,
): RegistryWish {
  refuseOthersChoices("promote", flags);

  const read = (name: Name): string =>
    optionValue(optionNamed(PROMOTE_OPTIONS, name), flags, environment);
  const to = read("to");
  if (to === "")
    throw new UsageError("--to is missing", {
      code: "setting",
      hint: `give \`--to\`, or set ${optionVariable("to")}; \`model-to-edge promote --help\` lists all options`,
    });

  return {
    to,
    dryRun: read("dry-run") === "true",
    singleWriter: read("single-writer") === "true",
  };
}

/** Throws `UsageError` that names what is missing. */
export function readPromoteSettings(
  flags: Values,
  environment: Pick<Environment, "option">,
): PromoteSettings {
  const read = (name: Name): string =>
    optionValue(optionNamed(PROMOTE_OPTIONS, name), flags, environment);
  const version = read("version");
  if (read("model") === "")
    throw new UsageError("nothing to promote is named", {
      code: "setting",
      hint: "give one of `--model`, `--info` and `--auto-label`; `model-to-edge promote --help` lists all options",
    });

  return {
    model: read("model"),
    ...readRegistryWish(flags, environment),
    branch: read("branch"),
    version: version === "auto" ? null : version,
    algorithm: read("algorithm") || null,
    name: read("name") || null,
    alias: read("alias"),
    bom: read("bom") === "true",
    back: read("back") === "true",
  };
}
