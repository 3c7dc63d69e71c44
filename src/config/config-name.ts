import { UsageError } from "../errors.ts";

const NAME = "conversion.yaml";

/** Would a person take it for `conversion.yaml`? GitLab's own file ends with `.yml`, and a disk may not tell case. */
export function isMisnamed(name: string): boolean {
  return name !== NAME && /^conversion\.ya?ml$/i.test(name);
}

/** The error for such a file: its settings would count for nothing, in silence. */
export function misnamed(path: string): UsageError {
  return new UsageError(`${path} is not read: the file's name is ${NAME}`, {
    code: "config-missing",
    hint: `rename it to ${NAME}, or remove it`,
  });
}
