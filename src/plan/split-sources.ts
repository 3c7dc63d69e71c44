import picomatch from "picomatch";
import type { ConfigLayer } from "../config/model-settings.ts";
import type { AcceptedFile } from "../engine/protocol.ts";
import type { Failure } from "../errors.ts";
import { assignRoles, type RoleQuestion } from "../model/assign-roles.ts";
import type { ModelFolder } from "../model/find-models.ts";
import type { CodeFile, GitCode } from "../model/git-code.ts";
import { someNames } from "../text/some-names.ts";
import { inputFailure, type PlanEngine } from "./choose-engine.ts";
import type { CodeFolder } from "./code-folder.ts";

/** The roles of the store's files, and the code where it comes from Git. */
export interface Sources {
  roles: Map<string, string>;
  code: GitCode | null;
}

/** Most files of code that one model may have. */
const MOST_CODE = 2000;

/** Gives each file its role. With `code`, those that may run come from there alone, and the store's are left out. */
export async function assignSources(
  question: RoleQuestion,
  code: CodeFolder | null,
): Promise<Sources | { failure: Failure }> {
  if (code === null) {
    const assigned = assignRoles(question);
    return "failure" in assigned ? assigned : { ...assigned, code: null };
  }

  const { accepts } = question;
  const runs = accepts.filter((accepted) => accepted.runs === true);
  if (runs.length === 0) return { failure: CANNOT };

  const isCode = (role: string) => runs.some((each) => each.role === role);
  const chosen = Object.entries(question.chosen);

  const data = assignRoles({
    ...question,
    accepts: accepts.filter((accepted) => !runs.includes(accepted)),
    chosen: Object.fromEntries(chosen.filter(([role]) => !isCode(role))),
    named: new Set(),
  });
  if ("failure" in data) return data;

  const ofGit = assignRoles({
    ...question,
    folder: `Git: ${code.folder}`,
    paths: code.paths,
    accepts: runs,
    chosen: Object.fromEntries(chosen.filter(([role]) => isCode(role))),
  });
  if ("failure" in ofGit) return ofGit;

  const files = await readAll(code, ofGit.roles);
  if ("failure" in files) return files;

  return { roles: data.roles, code: { ...pick(code), files } };
}

const CANNOT = inputFailure(
  "engine-runs-all",
  "code must come from Git (code-from: git), but this engine does not declare which files it runs",
  "mark them with `runs` in engine.json; the engine loads all others as data: docs/adding-an-engine.md",
);

function pick({ commit, folder }: CodeFolder): Omit<GitCode, "files"> {
  return { commit, folder };
}

async function readAll(
  code: CodeFolder,
  roles: ReadonlyMap<string, string>,
): Promise<CodeFile[] | { failure: Failure }> {
  if (roles.size > MOST_CODE)
    return {
      failure: inputFailure(
        "code-too-many",
        `${code.folder}/ has ${roles.size} files of code; a model has at most ${MOST_CODE}`,
        "name a smaller folder in conversion.yaml with `code:`",
      ),
    };

  const files: CodeFile[] = [];
  for (const [path, role] of roles) {
    const read = await code.read(path);
    if ("failure" in read) return read;
    files.push({ role, path, ...read });
  }

  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A line for the report where the store has files that would have been run: they are not. */
export function ignoredCode(
  { files }: Pick<ModelFolder, "files">,
  code: GitCode,
  accepts: readonly AcceptedFile[],
): string[] {
  const globs = accepts.filter(({ runs }) => runs).map(({ glob }) => glob);
  const isCode = picomatch(globs);
  const found = files
    .map(({ relative }) => relative)
    .filter((path) => isCode(path));

  return found.length === 0
    ? []
    : [
        `${someNames(found)} of the store ${found.length > 1 ? "are" : "is"} not used, because code comes from Git (${code.folder}/)`,
      ];
}

/**
 * With code from Git, what is run and how is said there too: keys that a conversion.yaml of the store may not have.
 * It may still name samples, classes, a file of weights, and what the model must meet beyond the rules.
 */
export function refuseUnreviewed(
  { file, config }: ConfigLayer,
  engines: readonly PlanEngine[],
): Failure | null {
  const runs = new Set(
    engines.flatMap(({ description }) =>
      description.accepts.filter((each) => each.runs).map(({ role }) => role),
    ),
  );
  const names = new Set(engines.map(({ description }) => description.name));
  const entries = [config.defaults, ...Object.values(config.models ?? {})];

  const keys = entries.flatMap((entry) => [
    ...Object.keys(entry ?? {}).filter(
      (key) => key === "engine" || names.has(key),
    ),
    ...Object.keys(entry?.files ?? {})
      .filter((role) => runs.has(role))
      .map((role) => `files.${role}`),
  ]);

  return keys.length === 0
    ? null
    : inputFailure(
        "config-unreviewed",
        `${file} says ${someNames(keys)}, but code comes from Git`,
        "in that case, what is run and with which options only counts from Git: move these keys to the repository's conversion.yaml",
      );
}
