import { basename } from "node:path/posix";
import type { EngineDescription } from "../engine/protocol.ts";
import type { ErrorCode } from "../error-codes.ts";
import type { Failure } from "../errors.ts";
import { type ModelFolder, neededRoles } from "../model/find-models.ts";
import { matchesGlob } from "../model/glob.ts";
import { advice } from "../text/nearest.ts";
import { someNames } from "../text/some-names.ts";

/** An engine as the plan needs it: its description, and the hash of what its bytes depend on. */
export interface PlanEngine {
  description: EngineDescription;
  recipe: string;
  /** Names of options that only Git may set. */
  loosening: readonly string[];
  /** Problems of a set of options, as lines. */
  optionProblems(options: Record<string, unknown>): Promise<string[]>;
}

/**
 * The engine that was asked for, else the one that accepts the folder's files; of several the one whose preferred file is
 * there, else the one that needs more kinds of files. `code`: files of Git that may run.
 */
export function chooseEngine(
  folder: ModelFolder,
  engines: readonly PlanEngine[],
  wanted: string | null,
  code: readonly string[] | null,
): { engine: PlanEngine } | { failure: Failure } {
  const names = engines.map(({ description }) => description.name);
  if (wanted !== null) {
    const engine = engines.find(
      ({ description }) => description.name === wanted,
    );
    if (engine) return { engine };

    return {
      failure: inputFailure(
        "engine-unknown",
        `unknown engine "${wanted}"`,
        advice(wanted, names),
      ),
    };
  }

  const top = folder.files.map(({ relative }) => relative);
  const able = engines.filter(({ description }) =>
    neededRoles(description.accepts).every(({ glob, runs }) =>
      (runs && code ? code : top).some((path) => matchesGlob(glob, path)),
    ),
  );

  const likely = meant(able, [...top, ...(code ?? [])]);
  const [only] = likely;
  if (only && likely.length === 1) return { engine: only };

  if (able.length === 0)
    return {
      failure: inputFailure(
        "no-engine-accepts",
        `no engine accepts ${folder.folder}/: ${missingFiles(engines, top, code)}; found: ${someFiles(top)}`,
        `${nearMiss(engines, folder)}add what is missing, or move the folder elsewhere. Engines: ${known(engines)}`,
      ),
    };

  return {
    failure: inputFailure(
      "engine-ambiguous",
      `${folder.folder}/ could be converted by ${likely.map(({ description }) => description.name).join(" or ")}`,
      "choose one with `--engine`, or with `engine:` in conversion.yaml",
    ),
  };
}

/** Of the engines that accept a folder, those that it is most likely meant for. */
function meant(
  able: readonly PlanEngine[],
  paths: readonly string[],
): PlanEngine[] {
  const preferred = able.filter(({ description }) =>
    description.accepts.some((accepted) =>
      paths.includes(accepted.preferred ?? ""),
    ),
  );
  if (preferred.length > 0) return preferred;

  const kinds = ({ description }: PlanEngine) =>
    neededRoles(description.accepts).length;
  const most = Math.max(...able.map(kinds));

  return able.filter((engine) => kinds(engine) === most);
}

/** Files that a message holds. */
const SHOWN = 8;

function someFiles(paths: readonly string[]): string {
  if (paths.length === 0) return "no files";

  return someNames(
    paths.map((path) => `\`${path}\``),
    SHOWN,
  );
}

/** What the engine lacks that lacks least: the one that the folder is meant for. */
function missingFiles(
  engines: readonly PlanEngine[],
  top: readonly string[],
  code: readonly string[] | null,
): string {
  const lacks = engines.map(({ description }) =>
    neededRoles(description.accepts)
      .filter(
        ({ glob, runs }) =>
          !(runs && code ? code : top).some((path) => matchesGlob(glob, path)),
      )
      .map(({ glob }) => `\`${glob}\``),
  );
  const [least = []] = lacks.toSorted((a, b) => a.length - b.length);
  const verb = least.length === 1 ? "is" : "are";

  return least.length > 0
    ? `${least.join(" and ")} ${verb} missing`
    : "no engine is available";
}

/** What to do about a checkpoint that only its place, or the case of its letters, keeps from being taken; "" for none. */
function nearMiss(engines: readonly PlanEngine[], folder: ModelFolder): string {
  const globs = engines.flatMap(({ description }) =>
    neededRoles(description.accepts)
      .filter(({ role }) => role === "checkpoint")
      .map(({ glob }) => glob),
  );
  const isTaken = (path: string) =>
    globs.some((glob) => matchesGlob(glob, path));
  const paths = folder.files.map(({ relative }) => relative);

  const cased = paths.find((path) => isTaken(path.toLowerCase()));
  if (cased !== undefined)
    return `rename \`${cased}\` to \`${cased.toLowerCase()}\`: the case of letters counts. Otherwise `;

  const deep = paths.find((path) => isTaken(basename(path)));
  if (deep !== undefined)
    return `move \`${deep}\` to ${folder.folder}/ itself: folders below it are not searched. Otherwise `;

  const exported = paths.find((path) => path.endsWith(".onnx"));
  if (exported !== undefined)
    return `\`${exported}\` was exported already, and is only right if it equals its source: put the source here, a checkpoint with its configuration. Otherwise `;

  return "";
}

function known(engines: readonly PlanEngine[]): string {
  return engines
    .map(({ description }) => `${description.name} (${needs(description)})`)
    .join("; ");
}

function needs(description: EngineDescription): string {
  return neededRoles(description.accepts)
    .map(({ glob }) => `\`${glob}\``)
    .join(" and ");
}

export function inputFailure(
  code: ErrorCode,
  message: string,
  hint: string,
): Failure {
  return { kind: "input", code, message, hint };
}
