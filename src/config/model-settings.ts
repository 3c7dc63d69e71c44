import type { Lineage } from "../lineage.ts";
import type { ConversionConfig, ModelConfig } from "./conversion-yaml.ts";
import type { HandoverEntry } from "./handover-settings.ts";
import type { OutputLimits } from "./output-limits.ts";
import { OWN_KEYS } from "./own-keys.ts";
import {
  type Policy,
  type PolicyParameters,
  type PolicyProfile,
  STRICT,
} from "./policy.ts";
import type { ReleaseSettings } from "./release-settings.ts";

/** What holds for one model, from all files together. */
export interface ModelSettings {
  engine: string | null;
  files: Record<string, string>;
  /** Folder of the repository with its code; null: none is named. */
  code: string | null;
  samples: string | null;
  classes: string | null;
  allow: { missing: string[]; unexpected: string[] };
  policy: Policy;
  /** Null where no file says other limits than the usual ones. */
  limits: Partial<OutputLimits> | null;
  /** How it is versioned in a registry, as far as it is said. */
  release: Partial<ReleaseSettings>;
  /** What is run after a registry took a version. */
  handover: readonly HandoverEntry[];
  /** What it was trained from, as far as it is said. */
  lineage: Lineage;
  /** Options by engine's name. */
  options: Record<string, Record<string, unknown>>;
}

/** A configuration, and the file that it was read from. */
export interface ConfigLayer {
  file: string;
  config: ConversionConfig;
  /** What the names in its `profiles:` stand for. */
  profiles?: Record<string, PolicyProfile>;
  /** What the names in its `parameters:` stand for. */
  templates?: Record<string, PolicyParameters>;
}

/** Later layers win, key by key; inside a layer the model's entry wins over the defaults. */
export function settingsOf(
  name: string,
  layers: readonly ConfigLayer[],
): ModelSettings {
  const settings: ModelSettings = {
    engine: null,
    files: {},
    code: null,
    samples: null,
    classes: null,
    allow: { missing: [], unexpected: [] },
    policy: structuredClone(STRICT),
    limits: null,
    release: {},
    handover: [],
    lineage: {},
    options: {},
  };

  for (const layer of layers)
    for (const entry of [layer.config.defaults, layer.config.models?.[name]])
      if (entry) apply(settings, entry, layer);

  return settings;
}

/**
 * What a configuration that nobody reviewed would loosen: keys for the error message. `options`: those of engines that
 * only Git may set, by engine and option.
 */
export function loosenedBy(
  config: ConversionConfig,
  options: readonly (readonly [engine: string, option: string])[] = [],
): string[] {
  return [config.defaults, ...Object.values(config.models ?? {})].flatMap(
    (entry) =>
      entry
        ? [
            ...Object.keys(entry.allow ?? {}).map((key) => `allow.${key}`),
            ...Object.keys(entry.limits ?? {}).map((key) => `limits.${key}`),
            ...Object.keys(entry.validate?.tolerance ?? {}).map(
              (key) => `validate.tolerance.${key}`,
            ),
            ...(entry.validate?.off?.length ? ["validate.off"] : []),
            ...(entry.release ? ["release"] : []),
            ...(entry.handover ? ["handover"] : []),
            ...options.flatMap(([engine, option]) =>
              option in optionsOf(entry, engine) ? [`${engine}.${option}`] : [],
            ),
          ]
        : [],
  );
}

function optionsOf(entry: ModelConfig, engine: string): object {
  const options = (entry as Record<string, unknown>)[engine];
  return typeof options === "object" && options !== null ? options : {};
}

/** Whether it says where code lies, which only Git may. */
export function namesCode(config: ConversionConfig): boolean {
  return [config.defaults, ...Object.values(config.models ?? {})].some(
    (entry) => entry?.code !== undefined,
  );
}

/** All names in `profiles:`, of the defaults and of each model. */
export function profileNames(config: ConversionConfig): string[] {
  return [config.defaults, ...Object.values(config.models ?? {})].flatMap(
    (entry) => entry?.profiles ?? [],
  );
}

/** All names in `parameters:`, of the defaults and of each model. */
export function templateNames(config: ConversionConfig): string[] {
  return [config.defaults, ...Object.values(config.models ?? {})].flatMap(
    (entry) => entry?.parameters?.template ?? [],
  );
}

function apply(
  settings: ModelSettings,
  entry: ModelConfig,
  layer: ConfigLayer,
): void {
  settings.engine = entry.engine ?? settings.engine;
  settings.code = entry.code ?? settings.code;
  settings.samples = entry.samples ?? settings.samples;
  settings.classes = entry.classes ?? settings.classes;
  settings.handover = entry.handover ?? settings.handover;
  Object.assign(settings.files, entry.files);

  Object.assign(settings.release, entry.release);
  Object.assign(settings.lineage, entry.lineage);
  if (entry.limits) settings.limits = { ...settings.limits, ...entry.limits };

  applyGolden(settings.policy, entry);
  applyParameters(settings.policy, entry, layer);
  applyAllowed(settings, entry, layer);
  applyProfiles(settings.policy, entry, layer);
  applyValidation(settings.policy, entry.validate ?? {}, layer);
  applyOptions(settings, entry);
}

/** What is loosened is noted, with the file that says so. */
function noteLoosened(policy: Policy, what: string, file: string): void {
  policy.loosened.push(`${what} (${file})`);
}

/** What is usual is not written down: it is the same policy. */
function applyGolden(policy: Policy, { golden }: ModelConfig): void {
  if (golden === undefined) return;
  if (golden === "sample") delete policy.golden;
  else policy.golden = golden;
}

function applyParameters(
  policy: Policy,
  { parameters }: ModelConfig,
  { templates }: ConfigLayer,
): void {
  if (parameters === undefined) return;

  const found = templates?.[parameters.template];
  if (!found)
    throw new Error(`the template ${parameters.template} was not read`);

  policy.parameters = found;
}

function applyAllowed(
  { allow, policy }: ModelSettings,
  entry: ModelConfig,
  { file }: ConfigLayer,
): void {
  for (const kind of ["missing", "unexpected"] as const) {
    const names = entry.allow?.[kind] ?? [];
    if (names.length === 0) continue;

    allow[kind].push(...names);
    const what = `${kind} tensors allowed if they match ${names.join(", ")}`;
    noteLoosened(policy, what, file);
  }
}

function applyProfiles(
  policy: Policy,
  entry: ModelConfig,
  { profiles }: ConfigLayer,
): void {
  for (const name of entry.profiles ?? []) {
    const found = profiles?.[name];
    if (!found) throw new Error(`the profile ${name} was not read`);

    addProfile(policy, found);
  }
}

function applyValidation(
  policy: Policy,
  validate: NonNullable<ModelConfig["validate"]>,
  { file }: ConfigLayer,
): void {
  Object.assign(policy.shapes, validate.shapes);
  Object.assign(policy.performance, validate.performance);

  for (const [key, value] of Object.entries(validate.tolerance ?? {})) {
    policy.tolerance[key as keyof Policy["tolerance"]] = value;
    noteLoosened(policy, `tolerance ${key} = ${value}`, file);
  }

  for (const check of validate.off ?? []) {
    policy.off.push(check);
    noteLoosened(policy, `the check ${check} is switched off`, file);
  }
}

/** Every key that is not ours is an engine's name. */
function applyOptions({ options }: ModelSettings, entry: ModelConfig): void {
  for (const [key, value] of Object.entries(entry))
    if (!OWN_KEYS.includes(key))
      options[key] = { ...options[key], ...(value as object) };
}

/** Profiles only add up: no layer takes away what another one asks for. */
export function addProfile(policy: Policy, profile: PolicyProfile): void {
  if (!policy.profiles.some(({ sha256 }) => sha256 === profile.sha256))
    policy.profiles.push(profile);
}
