import type { OptionSpec } from "./option-spec.ts";
import { RUN_OPTIONS } from "./options.ts";

type Name = (typeof RUN_OPTIONS)[number]["name"];

/** What opens the store and bounds the time. */
const SESSION: readonly Name[] = [
  ...(["store", "s3-endpoint", "store-web-url"] as const),
  ...(["timeout", "patience", "out"] as const),
];

/** Who signs, and who is believed. */
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
  pin: ["store", "s3-endpoint", "model-branch", "model-path"],
} as const satisfies Record<string, readonly Name[]>;

/** Options of a command, in the order of the whole list; all of them for a command that is a whole run. */
export function optionsOf(command: string): readonly OptionSpec[] {
  if (!Object.hasOwn(HEEDED, command)) return RUN_OPTIONS;

  const heeded: readonly string[] = HEEDED[command as keyof typeof HEEDED];
  return RUN_OPTIONS.filter(({ name }) => heeded.includes(name));
}
