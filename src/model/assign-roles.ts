import picomatch from "picomatch";
import type { AcceptedFile } from "../engine/protocol.ts";
import type { Failure } from "../errors.ts";

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
}

/** Gives each file its role; a missing or ambiguous one is a failure that says how to choose. */
export function assignRoles(
  question: RoleQuestion,
): { roles: Map<string, string> } | { failure: Failure } {
  const { accepts, chosen, folder } = question;
  const roles = new Map<string, string>();

  for (const [role, path] of Object.entries(chosen)) {
    if (!accepts.some((accepted) => accepted.role === role))
      return input(
        "role-unknown",
        `conversion.yaml names files.${role}, which this engine does not know`,
        rolesHint(accepts),
      );

    if (!question.paths.includes(path))
      return input(
        "file-missing",
        `conversion.yaml names files.${role}: ${path}, but ${folder}/${path} does not exist`,
        `upload it, or correct the path (it is relative to ${folder}/)`,
      );

    roles.set(path, role);
  }

  for (const { role, glob, count } of [...accepts].sort((a, b) =>
    a.count === b.count ? 0 : a.count === "one" ? -1 : 1,
  )) {
    if (chosen[role]) continue;

    const matches = picomatch(glob, { dot: false });
    const candidates = question.paths.filter(
      (path) => !roles.has(path) && !question.named.has(path) && matches(path),
    );

    if (count === "many") for (const path of candidates) roles.set(path, role);
    else if (candidates.length === 1) roles.set(candidates[0] ?? "", role);
    else if (candidates.length === 0)
      return input(
        "file-missing",
        `${folder}/ has no ${role}: no file matches ${glob}`,
        `upload and commit it, or name it in conversion.yaml: ${choice(question.modelName, role, "path/of/the/file")}`,
      );
    else
      return input(
        "file-ambiguous",
        `${folder}/ has ${candidates.length} files that could be the ${role}: ${some(candidates)}`,
        `keep one, or choose in conversion.yaml: ${choice(question.modelName, role, candidates[0] ?? "")}`,
      );
  }

  for (const path of question.named) {
    if (!question.paths.includes(path))
      return input(
        "file-missing",
        `an option names ./${path}, but ${folder}/${path} does not exist`,
        "upload it, or correct the option",
      );
    if (!roles.has(path)) roles.set(path, "option");
  }

  return { roles };
}

/** At most five names, so that a message stays readable. */
export function some(names: readonly string[]): string {
  return names.length <= 5
    ? names.join(", ")
    : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}

function choice(model: string, role: string, path: string): string {
  return `models: { ${JSON.stringify(model)}: { files: { ${role}: ${JSON.stringify(path)} } } }`;
}

function rolesHint(accepts: readonly AcceptedFile[]): string {
  return `roles: ${accepts.map(({ role, glob }) => `${role} (${glob})`).join(", ")}`;
}

function input(
  code: string,
  message: string,
  hint: string,
): { failure: Failure } {
  return { failure: { kind: "input", code, message, hint } };
}
