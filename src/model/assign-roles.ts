import type { AcceptedFile } from "../engine/protocol.ts";
import type { ErrorCode } from "../error-codes.ts";
import type { Failure } from "../errors.ts";
import { someNames } from "../text/some-names.ts";
import { matchesGlob } from "./glob.ts";

export interface RoleQuestion {
  /** Store path of the model's folder, for messages. */
  folder: string;
  /** Paths below the folder. */
  paths: readonly string[];
  accepts: readonly AcceptedFile[];
  /** `files:` of conversion.yaml: role to path. */
  chosen: Readonly<Record<string, string>>;
  /** Paths that options name (`./x.py`), which have no other role. */
  named: ReadonlySet<string>;
  modelName: string;
  /** Name of the file that training calls its last checkpoint, else null. */
  lastCheckpoint: string | null;
}

/** Gives each file its role; a missing or ambiguous one is a failure that says how to choose. */
export function assignRoles(
  question: RoleQuestion,
): { roles: Map<string, string> } | { failure: Failure } {
  const roles = new Map<string, string>();
  const problem =
    takeChosen(question, roles) ??
    takeMatching(question, roles) ??
    takeNamed(question, roles);

  return problem ?? { roles };
}

/** Those that `files:` of conversion.yaml names. */
function takeChosen(
  { accepts, chosen, folder, paths }: RoleQuestion,
  roles: Map<string, string>,
): { failure: Failure } | null {
  for (const [role, path] of Object.entries(chosen)) {
    if (!accepts.some((accepted) => accepted.role === role))
      return input(
        "role-unknown",
        `conversion.yaml names files.${role}, which this engine does not have`,
        rolesHint(accepts),
      );

    if (!paths.includes(path))
      return input(
        "file-missing",
        `conversion.yaml names files.${role}: ${path}, but ${folder}/${path} does not exist`,
        `upload it, or correct the path (it is relative to ${folder}/)`,
      );

    roles.set(path, role);
  }

  return null;
}

/** Those that a role's glob matches. */
function takeMatching(
  question: RoleQuestion,
  roles: Map<string, string>,
): { failure: Failure } | null {
  const { accepts, chosen, named, paths } = question;

  for (const accepted of [...accepts].sort(onesFirst)) {
    if (chosen[accepted.role]) continue;

    const candidates = paths.filter(
      (path) =>
        !roles.has(path) &&
        !named.has(path) &&
        matchesGlob(accepted.glob, path),
    );
    const taken = choose(question, accepted, candidates);

    if ("failure" in taken) return taken;
    for (const path of taken.paths) roles.set(path, accepted.role);
  }

  return null;
}

/** Those that an option names. */
function takeNamed(
  { folder, named, paths }: RoleQuestion,
  roles: Map<string, string>,
): { failure: Failure } | null {
  for (const path of named) {
    if (!paths.includes(path))
      return input(
        "file-missing",
        `an option names ./${path}, but ${folder}/${path} does not exist`,
        "upload it, or correct the option",
      );

    if (!roles.has(path)) roles.set(path, "option");
  }

  return null;
}

/** Of the files that match a role: all, the only one, the preferred one, or why none. */
function choose(
  { folder, modelName, lastCheckpoint }: RoleQuestion,
  { role, glob, count, preferred }: AcceptedFile,
  candidates: string[],
): { paths: string[] } | { failure: Failure } {
  if (count === "many" || candidates.length === 1) return { paths: candidates };

  if (preferred !== undefined && candidates.includes(preferred))
    return { paths: [preferred] };

  if (candidates.length === 0)
    return input(
      "file-missing",
      `${folder}/ has no ${role}: no file matches ${glob}`,
      `upload and commit it, or name it in conversion.yaml: ${choice(modelName, role, "path/of/the/file")}`,
    );

  const rename = preferred === undefined ? "keep one" : `call it ${preferred}`;
  return input(
    "file-ambiguous",
    `${folder}/ has ${candidates.length} files that could be the ${role}: ${someNames(candidates)}`,
    `${rename}, or choose in conversion.yaml: ${choice(modelName, role, proposed(candidates, lastCheckpoint))}`,
  );
}

/**
 * The one that people most likely want: what training called the best, else the one that it called the last, else that
 * of the latest epoch or iteration (mmengine writes `best_<metric>_epoch_12.pth`, `epoch_12.pth`, `iter_8000.pth`).
 */
function proposed(
  candidates: readonly string[],
  lastCheckpoint: string | null,
): string {
  const byNumber = (paths: readonly string[]) =>
    paths.toSorted((a, b) => numberIn(b) - numberIn(a))[0];

  const best = candidates.filter((path) => /(^|\/)best_/.test(path));
  const last = candidates.find((path) => path === lastCheckpoint);

  return byNumber(best) ?? last ?? byNumber(candidates) ?? "";
}

/** The last number in a name; -1 where it has none. */
function numberIn(path: string): number {
  return Number(/(\d+)(?!.*\d)/.exec(path)?.[1] ?? -1);
}

/** Roles of one file choose before those of many. */
function onesFirst(a: AcceptedFile, b: AcceptedFile): number {
  if (a.count === b.count) return 0;
  return a.count === "one" ? -1 : 1;
}

function choice(model: string, role: string, path: string): string {
  return `\`models: { ${JSON.stringify(model)}: { files: { ${role}: ${JSON.stringify(path)} } } }\``;
}

function rolesHint(accepts: readonly AcceptedFile[]): string {
  return `roles: ${accepts.map(({ role, glob }) => `${role} (${glob})`).join(", ")}`;
}

function input(
  code: ErrorCode,
  message: string,
  hint: string,
): { failure: Failure } {
  return { failure: { kind: "input", code, message, hint } };
}
