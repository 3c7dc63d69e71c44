import { LineCounter, parseDocument } from "yaml";
import { suggestion } from "../nearest.ts";
import { type SchemaProblem, schemaProblems } from "../schema.ts";
import type { PerformanceBudget } from "./policy.ts";
import { builtInProfiles, isProfileFile } from "./read-profiles.ts";

/** What `conversion.yaml` says about one model, or by default about all. */
export interface ModelConfig {
  engine?: string;
  files?: Record<string, string>;
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
  /** Any other key is an engine's name, and holds its options. */
  [engine: string]: unknown;
}

export interface ConversionConfig {
  version: 1;
  defaults?: ModelConfig | null;
  models?: Record<string, ModelConfig | null>;
}

/** One problem of a file, at a place that an editor can open. */
export interface ConfigProblem {
  file: string;
  line: number;
  column: number;
  message: string;
}

const OWN_KEYS = [
  "engine",
  "files",
  "samples",
  "classes",
  "profiles",
  "allow",
  "validate",
];

/** Parses `conversion.yaml`. Returns the configuration or all problems at once; `engines` are the known names. */
export async function parseConversionYaml(
  text: string,
  file: string,
  engines: readonly string[],
): Promise<{ config: ConversionConfig } | { problems: ConfigProblem[] }> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
  });

  const at = (offset: number, message: string): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, message };
  };

  if (document.errors.length > 0)
    return {
      problems: document.errors.map((error) =>
        at(error.pos[0], error.message.split("\n")[0] ?? "not YAML"),
      ),
    };

  // An alias bomb would grow without end: yaml refuses more than 100 uses of one anchor.
  const data = document.toJS({ maxAliasCount: 100 }) as ConversionConfig;
  const offsetOf = (path: string[]) => {
    const node = document.getIn(path, true) as
      | { range?: [number, number, number] }
      | undefined;
    return node?.range?.[0] ?? 0;
  };

  const keyOffset = (path: string[]) => {
    const parent = document.getIn(path.slice(0, -1), true) as
      | { items?: YamlPair[] }
      | undefined;

    const pair = parent?.items?.find(
      (item) => String(item.key?.value) === path.at(-1),
    );

    return pair?.key?.range?.[0] ?? offsetOf(path.slice(0, -1));
  };

  const problems = (await schemaProblems("conversion-config", data)).map(
    (problem) => describe(problem, at, offsetOf, keyOffset),
  );
  if (problems.length > 0) return { problems };

  const ids = (await builtInProfiles()).map(({ id }) => id);
  for (const [path, model] of modelEntries(data)) {
    for (const [index, id] of (model.profiles ?? []).entries())
      if (!isProfileFile(id) && !ids.includes(id))
        problems.push(
          at(
            offsetOf([...path, "profiles", String(index)]),
            `unknown profile "${id}": ${suggestion(id, ids)}`,
          ),
        );

    for (const key of Object.keys(model)) {
      if (OWN_KEYS.includes(key) || engines.includes(key)) continue;
      const message = `unknown key "${key}": ${suggestion(key, [...OWN_KEYS, ...engines])}`;
      problems.push(at(keyOffset([...path, key]), message));
    }

    if (model.engine !== undefined && !engines.includes(model.engine))
      problems.push(
        at(
          offsetOf([...path, "engine"]),
          `unknown engine "${model.engine}": ${suggestion(model.engine, engines)}`,
        ),
      );
  }

  return problems.length > 0 ? { problems } : { config: data };
}

interface YamlPair {
  key?: { value?: unknown; range?: [number, number, number] };
}

/** `[path, configuration]` of the defaults and of each model. */
function modelEntries(config: ConversionConfig): [string[], ModelConfig][] {
  const entries: [string[], ModelConfig | null | undefined][] = [
    [["defaults"], config.defaults],
  ];

  for (const [name, model] of Object.entries(config.models ?? {}))
    entries.push([["models", name], model]);

  return entries.filter(
    (entry): entry is [string[], ModelConfig] => entry[1] != null,
  );
}

function describe(
  problem: SchemaProblem,
  at: (offset: number, message: string) => ConfigProblem,
  offsetOf: (path: string[]) => number,
  keyOffset: (path: string[]) => number,
): ConfigProblem {
  const path = pathOf(problem.pointer);
  const { additionalProperty: unknown } = problem.params;

  if (typeof unknown === "string")
    return at(
      keyOffset([...path, unknown]),
      `unknown key "${unknown}": ${suggestion(unknown, siblings(path))}`,
    );

  // A value that is no engine's options is most likely a misspelt key of our own.
  const last = path.at(-1) ?? "";
  const inModel =
    (path.length === 2 && path[0] === "defaults") ||
    (path.length === 3 && path[0] === "models");

  if (inModel && !OWN_KEYS.includes(last))
    return at(
      keyOffset(path),
      `unknown key "${last}": ${suggestion(last, OWN_KEYS)}`,
    );

  return at(
    offsetOf(path),
    `${path.join(".") || "the file"} ${problem.message}`,
  );
}

function siblings(path: string[]): string[] {
  if (path.length === 0) return ["version", "defaults", "models"];
  if (path.at(-1) === "allow") return ["missing", "unexpected"];
  if (path.at(-1) === "tolerance")
    return ["sqnr_db", "range_relative", "absolute", "min_values"];

  if (path.at(-1) === "performance")
    return [
      "p95_ms",
      "load_ms",
      "memory_mb",
      "size_mb",
      "slower_than_published",
    ];

  return ["shapes", "tolerance", "performance", "off"];
}

function pathOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
