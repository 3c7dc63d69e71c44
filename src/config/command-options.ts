import { UsageError } from "../errors.ts";
import { suggestion } from "../text/nearest.ts";
import type { OptionSpec } from "./option-spec.ts";
import { RUN_OPTIONS } from "./options.ts";

type Name = (typeof RUN_OPTIONS)[number]["name"];

/** What opens the store and bounds the time. */
const SESSION: readonly Name[] = [
  ...(["store", "s3-endpoint", "store-web-url"] as const),
  ...(["timeout", "patience", "out"] as const),
];

/** Who signs, and who is trusted. */
const TRUST: readonly Name[] = [
  ...(["key", "signing-key-variable"] as const),
  ...(["require-signed", "unsigned"] as const),
];

/** What decides which models are converted, and how. */
const CHOICE: readonly Name[] = [
  ...(["model-branch", "model-path", "edge-path"] as const),
  ...(["missing-branch", "create-branch-from", "uncommitted"] as const),
  ...(["engine", "config", "code-from", "device", "gpu"] as const),
  ...(["force", "fail-on", "store-user"] as const),
];

/** The settings that each command reads; a flag that it would not heed is refused. */
const HEEDED = {
  plan: [
    ...SESSION,
    ...TRUST,
    ...CHOICE,
    "models",
    "publish",
    "json",
    "note",
    "token-variable",
  ],
  convert: [
    ...SESSION,
    ...(["isolation", "jobs"] as const),
    "signing-key-variable",
    "unsigned",
  ],
  publish: [...SESSION, ...TRUST],
  report: [
    ...SESSION,
    ...(["note", "note-pictures", "mlflow", "token-variable"] as const),
    ...(["model-branch", "json"] as const),
  ],
  export: [
    ...(["engine", "config", "out", "device", "gpu"] as const),
    ...(["isolation", "fail-on", "timeout", "json"] as const),
  ],
  catalogue: [
    ...(["store", "model-branch", "edge-path", "key"] as const),
    ...(["store-web-url", "s3-endpoint"] as const),
  ],
  explain: [...SESSION, ...TRUST, ...CHOICE],
  verify: [
    ...(["key", "store-user", "model-branch", "model-path"] as const),
    ...(["edge-path", "s3-endpoint", "out", "json"] as const),
  ],
  diff: ["edge-path", "s3-endpoint", "token-variable"],
  fetch: ["key", "edge-path", "s3-endpoint"],
  land: [
    ...(["store", "s3-endpoint", "store-web-url", "timeout"] as const),
    ...(["patience", "out", "model-path", "edge-path"] as const),
    ...(["missing-branch", "engine", "config", "code-from"] as const),
    ...(["fail-on", "key", "store-user", "require-signed"] as const),
    ...(["note", "token-variable", "json"] as const),
  ],
  promote: [
    ...(["store", "s3-endpoint", "timeout", "patience", "out"] as const),
    ...(["config", "model-path", "edge-path", "key", "store-user"] as const),
    ...(["require-signed", "note", "token-variable", "json"] as const),
  ],
  sweep: ["store", "s3-endpoint", "timeout", "patience"],
  pin: ["store", "s3-endpoint", "model-branch", "model-path"],
} as const satisfies Record<string, readonly Name[]>;

const OWN_NOTE: Partial<OptionSpec> = {
  choices: ["update", "off"],
  description: "note on the merge request: one that is updated, or none",
};

/** `--json` of a command that prints something else than summary.json. */
const printing = (what: string): Partial<OptionSpec> => ({
  description: `print ${what}; the log goes to stderr`,
});

/** What an option means for a command that does something else with it than a run does, or less. */
const ITS_OWN: Readonly<
  Record<string, Partial<Record<Name, Partial<OptionSpec>>>>
> = {
  plan: { json: printing("plan.json") },
  export: {
    json: printing("conversion.json"),
    engine: {
      description:
        "default: conversion.yaml, else the one that accepts the files",
    },
    out: {
      description: "folder for the edge model, its evidence and its report",
    },
    timeout: { description: "for the whole export, such as 45m" },
  },
  verify: { json: printing("what was found of each model") },
  config: { json: printing("the settings, and what conversion.yaml has") },
  diff: {
    "token-variable": {
      description:
        "name of the variable that holds the GitLab token, for versions in GitLab's registry",
    },
  },
  land: {
    json: printing("land.json"),
    note: OWN_NOTE,
    "missing-branch": {
      choices: ["skip", "fail"],
      description:
        "if a merge request has no data branch; default: skip, because most touch no model",
    },
    "fail-on": { description: "the mildest verdict that prevents landing" },
    "require-signed": { description: "land only what a trusted key signed" },
  },
  promote: {
    json: printing("promotion.json, or dataset-promotion.json"),
    note: OWN_NOTE,
    "token-variable": {
      description:
        "name of the variable that holds the GitLab token, for the note and for registries in GitLab",
    },
    "require-signed": { description: "promote only what a trusted key signed" },
  },
};

/** Options of a command, in the order of the whole list; all of them for a command that is a whole run. */
export function optionsOf(command: string): readonly OptionSpec[] {
  const heeded: readonly string[] | null = Object.hasOwn(HEEDED, command)
    ? HEEDED[command as keyof typeof HEEDED]
    : null;

  return RUN_OPTIONS.filter(({ name }) => heeded?.includes(name) ?? true).map(
    (option) => ({ ...option, ...ITS_OWN[command]?.[option.name] }),
  );
}

/**
 * Throws `UsageError` where a flag has a value that a run takes and this command does not. A variable may have it: one that
 * is set for a project holds for all its jobs.
 */
export function refuseOthersChoices(
  command: string,
  flags: Readonly<Record<string, string | boolean | undefined>>,
): void {
  for (const { name, choices = [] } of optionsOf(command)) {
    const value = flags[name];
    if (typeof value !== "string" || choices.length === 0) continue;
    if (value === "" || choices.includes(value)) continue;

    throw new UsageError(
      `--${name} cannot be ${JSON.stringify(value)}: ${suggestion(value, choices)}`,
      {
        code: "setting",
        hint: `correct it: \`model-to-edge ${command} --help\` lists what is accepted`,
      },
    );
  }
}
