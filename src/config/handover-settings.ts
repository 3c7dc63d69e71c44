import { parseDuration } from "./duration.ts";
import { HANDOVER_TOOLS } from "./handover-tools.ts";
import { placeholdersIn } from "./placeholders.ts";

/** An entry of `handover:` in `conversion.yaml`, as it is written. */
export interface HandoverEntry {
  name: string;
  /** Program and arguments; without it, `name` is a built-in tool. */
  run?: string[];
  /** Inputs of a built-in tool. */
  with?: Record<string, string>;
  /** Globs of the version's files; without it, all that make the model. */
  files?: string[];
  /** Variables of the job that the program sees. */
  env?: string[];
  /** Of one run of the program. */
  timeout?: string;
  /** What a person does afterwards. */
  next?: string;
}

/** What is run for a version that a registry took. */
export interface Handover {
  name: string;
  /** Program and arguments, with placeholders. */
  run: readonly string[];
  /** Values of placeholders that are known before. */
  inputs: Readonly<Record<string, string>>;
  /** Null: all files that make the model. */
  files: readonly string[] | null;
  env: readonly string[];
  timeoutMs: number;
  next: string | null;
  /** How the program comes onto the machine; null where only its user knows. */
  install: string | null;
}

/** Placeholders of one file of the version. */
const OF_FILE = ["file", "filename", "sha256"];
/** Placeholders of the version. */
const OF_VERSION = [
  ...["folder", "algorithm", "name", "version"],
  ...["model", "commit", "registry", "link"],
];
const TIMEOUT_MS = 600_000;

/** Placeholders that `run` of an entry may have, and `next`. */
export function knownPlaceholders(
  entry: HandoverEntry,
  of: "run" | "next",
): string[] {
  const inputs = entry.run ? [] : (toolOf(entry)?.inputs ?? []);
  return [...(of === "run" ? OF_FILE : []), ...OF_VERSION, ...inputs];
}

/** Whether the program runs once for each file, and not once for all of them. */
export function isPerFile({ run }: Pick<Handover, "run">): boolean {
  return run.flatMap(placeholdersIn).some((name) => OF_FILE.includes(name));
}

export function toolOf({ name }: Pick<HandoverEntry, "name">) {
  return HANDOVER_TOOLS.find((tool) => tool.name === name);
}

/** Of an entry that was checked. */
export function readHandover(entry: HandoverEntry): Handover {
  const tool = entry.run ? undefined : toolOf(entry);

  return {
    name: entry.name,
    run: entry.run ?? tool?.run ?? [],
    inputs: entry.with ?? {},
    files: entry.files ?? null,
    env: entry.env ?? [],
    timeoutMs: parseDuration(entry.timeout ?? "") ?? TIMEOUT_MS,
    next: entry.next ?? tool?.next ?? null,
    install: tool?.install ?? null,
  };
}
