import type { ConversionConfig, ModelConfig } from "./conversion-yaml.ts";
import { type Policy, type PolicyProfile, STRICT } from "./policy.ts";

/** What holds for one model, from all files together. */
export interface ModelSettings {
  engine: string | null;
  files: Record<string, string>;
  samples: string | null;
  classes: string | null;
  allow: { missing: string[]; unexpected: string[] };
  policy: Policy;
  /** Options by engine's name. */
  options: Record<string, Record<string, unknown>>;
}

/** Where a configuration lies: what loosens counts only from Git, where it is reviewed. */
export interface ConfigLayer {
  file: string;
  reviewed: boolean;
  config: ConversionConfig;
  /** What the names in its `profiles:` stand for. */
  profiles?: Record<string, PolicyProfile>;
}

const OWN_KEYS = new Set([
  "engine",
  "files",
  "samples",
  "classes",
  "profiles",
  "allow",
  "validate",
]);

/** Later layers win, key by key; inside a layer the model's entry wins over the defaults. */
export function settingsOf(
  name: string,
  layers: readonly ConfigLayer[],
): ModelSettings {
  const settings: ModelSettings = {
    engine: null,
    files: {},
    samples: null,
    classes: null,
    allow: { missing: [], unexpected: [] },
    policy: structuredClone(STRICT),
    options: {},
  };

  for (const layer of layers)
    for (const entry of [layer.config.defaults, layer.config.models?.[name]])
      if (entry) apply(settings, entry, layer);

  return settings;
}

/** What a configuration that nobody reviewed would loosen: keys for the error message. */
export function loosenedBy(config: ConversionConfig): string[] {
  return [config.defaults, ...Object.values(config.models ?? {})].flatMap(
    (entry) =>
      entry
        ? [
            ...Object.keys(entry.allow ?? {}).map((key) => `allow.${key}`),
            ...Object.keys(entry.validate?.tolerance ?? {}).map(
              (key) => `validate.tolerance.${key}`,
            ),
            ...(entry.validate?.off?.length ? ["validate.off"] : []),
          ]
        : [],
  );
}

/** All names in `profiles:`, of the defaults and of each model. */
export function profileNames(config: ConversionConfig): string[] {
  return [config.defaults, ...Object.values(config.models ?? {})].flatMap(
    (entry) => entry?.profiles ?? [],
  );
}

function apply(
  settings: ModelSettings,
  entry: ModelConfig,
  { file, profiles }: ConfigLayer,
): void {
  settings.engine = entry.engine ?? settings.engine;
  settings.samples = entry.samples ?? settings.samples;
  settings.classes = entry.classes ?? settings.classes;
  Object.assign(settings.files, entry.files);

  const { policy, allow } = settings;
  const note = (what: string) => policy.loosened.push(`${what} (${file})`);

  for (const kind of ["missing", "unexpected"] as const) {
    const names = entry.allow?.[kind] ?? [];
    allow[kind].push(...names);

    if (names.length > 0)
      note(`${kind} tensors allowed where they match ${names.join(", ")}`);
  }

  for (const name of entry.profiles ?? []) {
    const found = profiles?.[name];
    if (!found) throw new Error(`the profile ${name} was not looked up`);
    addProfile(policy, found);
  }

  Object.assign(policy.shapes, entry.validate?.shapes);

  for (const [key, value] of Object.entries(entry.validate?.tolerance ?? {})) {
    policy.tolerance[key as keyof Policy["tolerance"]] = value;
    note(`tolerance ${key} = ${value}`);
  }

  Object.assign(policy.performance, entry.validate?.performance);

  for (const check of entry.validate?.off ?? []) {
    policy.off.push(check);
    note(`check ${check} is off`);
  }

  for (const [key, value] of Object.entries(entry))
    if (!OWN_KEYS.has(key))
      settings.options[key] = {
        ...settings.options[key],
        ...(value as object),
      };
}

/** Profiles only add up: no layer takes away what another one asks for. */
export function addProfile(policy: Policy, profile: PolicyProfile): void {
  if (!policy.profiles.some(({ sha256 }) => sha256 === profile.sha256))
    policy.profiles.push(profile);
}
