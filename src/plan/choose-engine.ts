import picomatch from "picomatch";
import type { EngineDescription } from "../engine/protocol.ts";
import type { ErrorCode } from "../error-codes.ts";
import type { Failure } from "../errors.ts";
import { type ModelFolder, neededRoles } from "../model/find-models.ts";
import { suggestion } from "../nearest.ts";

/** An engine as the plan needs it: its description, and the hash of what its bytes depend on. */
export interface PlanEngine {
  description: EngineDescription;
  recipe: string;
  /** Names of options that only Git may set. */
  loosening: readonly string[];
  /** Problems of a set of options, as lines. */
  optionProblems(options: Record<string, unknown>): Promise<string[]>;
}

/** The engine that was asked for, else the only one that accepts the folder's files; `code`: those of Git that may run. */
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
        suggestion(wanted, names),
      ),
    };
  }

  const top = folder.files.map(({ relative }) => relative);
  const able = engines.filter(({ description }) =>
    neededRoles(description.accepts).every(({ glob, runs }) =>
      (runs && code ? code : top).some((path) => picomatch.isMatch(path, glob)),
    ),
  );

  const [only] = able;
  if (only && able.length === 1) return { engine: only };

  const known = engines
    .map(({ description }) => `${description.name} (${needs(description)})`)
    .join("; ");

  if (able.length === 0)
    return {
      failure: inputFailure(
        "no-engine-accepts",
        `no engine accepts ${folder.folder}/: it has ${top.length} files, but not what an engine needs`,
        `engines: ${known}. Complete the folder, move it out of the models' folder, or name the engine in conversion.yaml`,
      ),
    };

  return {
    failure: inputFailure(
      "engine-ambiguous",
      `${folder.folder}/ could go to ${able.map(({ description }) => description.name).join(" or ")}`,
      "choose with --engine, or engine: in conversion.yaml",
    ),
  };
}

function needs(description: EngineDescription): string {
  return neededRoles(description.accepts)
    .map(({ glob }) => glob)
    .join(" + ");
}

export function inputFailure(
  code: ErrorCode,
  message: string,
  hint: string,
): Failure {
  return { kind: "input", code, message, hint };
}
