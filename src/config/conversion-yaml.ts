import { type SchemaProblem, schemaProblems } from "../document/schema.ts";
import type { Lineage } from "../lineage.ts";
import { suggestion } from "../text/nearest.ts";
import { readExactYaml } from "./exact-yaml.ts";
import { handoverProblems } from "./handover-problems.ts";
import type { HandoverEntry } from "./handover-settings.ts";
import { knownKeys } from "./known-keys.ts";
import { misfitWords } from "./misfit-words.ts";
import type { OutputLimits } from "./output-limits.ts";
import { OWN_KEYS } from "./own-keys.ts";
import { ownModelYaml } from "./own-model-yaml.ts";
import type { GoldenWish, PerformanceBudget } from "./policy.ts";
import { builtInProfiles, isProfileFile } from "./read-profiles.ts";
import { builtInTemplates, isTemplateFile } from "./read-templates.ts";
import type { ReleaseSettings } from "./release-settings.ts";
import type { ConfigProblem, YamlFile } from "./yaml-file.ts";

/** What `conversion.yaml` says about one model, or by default about all. */
export interface ModelConfig {
  engine?: string;
  files?: Record<string, string>;
  /** Folder of the Git repository that holds the model's code: only from Git. */
  code?: string;
  samples?: string;
  classes?: string;
  /** Ids of device profiles, or files of the team's own. */
  profiles?: string[];
  allow?: { missing?: string[]; unexpected?: string[] };
  validate?: {
    shapes?: Record<string, number[]>;
    tolerance?: {
      sqnr_db?: number;
      range_relative?: number;
      absolute?: number;
      min_values?: number;
    };
    performance?: Partial<PerformanceBudget>;
    off?: string[];
  };
  /** Of what the engine's process may leave; counts from Git alone. */
  limits?: Partial<OutputLimits>;
  /** How the model is versioned in a registry; counts from Git alone. */
  release?: Partial<ReleaseSettings>;
  /** What is run after a registry took a version; counts from Git alone. */
  handover?: HandoverEntry[];
  /** What `golden.safetensors` may hold. */
  golden?: GoldenWish;
  /** What the model was trained from, where no file beside its checkpoint says it. */
  lineage?: Lineage;
  /** What `<model>.param.yaml` is made of: a built-in template, or a file of the repository. */
  parameters?: { template: string };
  /** Any other key is an engine's name, and holds its options. */
  [engine: string]: unknown;
}

export interface ConversionConfig {
  version: 1;
  defaults?: ModelConfig | null;
  models?: Record<string, ModelConfig | null> | null;
}

/**
 * Parses `conversion.yaml`. Returns the configuration or all problems at once; `engines` are the known names. `of`: that
 * of one model's own folder may say at the top what is about that model.
 */
export async function parseConversionYaml(
  text: string,
  file: string,
  engines: readonly string[],
  of: "all" | "one-model" = "all",
): Promise<{ config: ConversionConfig } | { problems: ConfigProblem[] }> {
  const read = readExactYaml(text, file);
  if ("problems" in read) return read;
  const yaml = of === "one-model" ? ownModelYaml(read) : read;

  const misfits = await schemaProblems("conversion-config", yaml.data);
  if (misfits.length > 0)
    return {
      problems: misfits.map((misfit) => describe(misfit, yaml, engines)),
    };

  const config = yaml.data as ConversionConfig;
  const profiles = (await builtInProfiles()).map(({ id }) => id);
  const templates = await builtInTemplates();
  const problems = modelEntries(config).flatMap((entry) => [
    ...profileProblems(entry, yaml, profiles),
    ...templateProblems(entry, yaml, templates),
    ...handoverProblems(
      entry[1].handover ?? [],
      [...entry[0], "handover"],
      yaml,
    ),
    ...keyProblems(entry, yaml, engines),
    ...engineProblems(entry, yaml, engines),
  ]);

  return problems.length > 0 ? { problems } : { config };
}

/** A path of keys, and the configuration that lies there. */
type ModelEntry = [path: string[], model: ModelConfig];

function profileProblems(
  [path, { profiles }]: ModelEntry,
  yaml: YamlFile,
  known: readonly string[],
): ConfigProblem[] {
  return (profiles ?? []).flatMap((id, index) =>
    isProfileFile(id) || known.includes(id)
      ? []
      : [
          yaml.atValue(
            [...path, "profiles", String(index)],
            `unknown profile "${id}": ${suggestion(id, known)}`,
          ),
        ],
  );
}

function templateProblems(
  [path, { parameters }]: ModelEntry,
  yaml: YamlFile,
  known: readonly string[],
): ConfigProblem[] {
  const name = parameters?.template;
  if (name === undefined || isTemplateFile(name) || known.includes(name))
    return [];

  const message = `unknown template "${name}": ${suggestion(name, known)}; a file of your own begins with ./`;
  return [yaml.atValue([...path, "parameters", "template"], message)];
}

function keyProblems(
  [path, model]: ModelEntry,
  yaml: YamlFile,
  engines: readonly string[],
): ConfigProblem[] {
  const known = [...OWN_KEYS, ...engines];

  return Object.keys(model)
    .filter((key) => !known.includes(key))
    .map((key) => unknownKey(yaml, [...path, key], known));
}

function engineProblems(
  [path, { engine }]: ModelEntry,
  yaml: YamlFile,
  engines: readonly string[],
): ConfigProblem[] {
  if (engine === undefined || engines.includes(engine)) return [];

  const message = `unknown engine "${engine}": ${suggestion(engine, engines)}`;
  return [yaml.atValue([...path, "engine"], message)];
}

/** Of the defaults and of each model. */
function modelEntries(config: ConversionConfig): ModelEntry[] {
  const entries: [string[], ModelConfig | null | undefined][] = [
    [["defaults"], config.defaults],
  ];

  for (const [name, model] of Object.entries(config.models ?? {}))
    entries.push([["models", name], model]);

  return entries.filter((entry): entry is ModelEntry => entry[1] != null);
}

function describe(
  { pointer, params, message }: SchemaProblem,
  yaml: YamlFile,
  engines: readonly string[],
): ConfigProblem {
  const path = pathOf(pointer);
  const { additionalProperty: unknown } = params;
  const ofModel = typeof unknown === "string" ? unknown : "";
  if (path.length === 0 && [...OWN_KEYS, ...engines].includes(ofModel))
    return yaml.atKey(
      [ofModel],
      `"${ofModel}" is a setting of a model: put it under \`defaults:\`, or under \`models:\` and the model's name`,
    );

  if (typeof unknown === "string")
    return unknownKey(yaml, [...path, unknown], knownKeys(path));

  const key = path.at(-1) ?? "";
  if (path.length === 2 && path[0] === "models" && OWN_KEYS.includes(key))
    return yaml.atKey(
      path,
      `"${key}" stands where a model's name belongs: indent it below the name`,
    );

  // A value that is not an engine's options is most likely a misspelt key of our own.
  const inModel =
    (path.length === 2 && path[0] === "defaults") ||
    (path.length === 3 && path[0] === "models");
  if (inModel && !OWN_KEYS.includes(key))
    return unknownKey(yaml, path, OWN_KEYS);

  return yaml.atValue(path, misfitWords(path, message, yaml.data));
}

function unknownKey(
  yaml: YamlFile,
  path: string[],
  known: readonly string[],
): ConfigProblem {
  const key = path.at(-1) ?? "";
  return yaml.atKey(path, `unknown key "${key}": ${suggestion(key, known)}`);
}

function pathOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
