import type { Isolation } from "../engine/isolation-level.ts";
import { UsageError } from "../errors.ts";
import type { PlannedModel } from "../plan/plan.ts";

/** The signing key that lies in the job's variables. */
export interface JobKey {
  variable: string;
  /** A person said that nothing is to be signed with it. */
  isUnused: boolean;
}

/**
 * Without isolation a model's code can read the key, and sign whatever it likes from then on. Throws `UsageError` before
 * any of it runs; returns what to say where the key is not used, or null. Code that comes from Git was reviewed.
 */
export function refuseExposedKey(
  key: JobKey | null,
  { level }: Pick<Isolation, "level">,
  models: readonly Pick<PlannedModel, "code">[],
): string | null {
  const isExposed = level === "none" && models.some(({ code }) => !code);
  if (key === null || !isExposed) return null;

  const { variable, isUnused } = key;
  const what = `without isolation a model's code can read the signing key of ${variable}`;
  if (isUnused)
    return `${what}: nothing is signed with it here; make a new one, and take this one away from the job`;

  throw new UsageError(`${what}, and sign for the pipeline from then on`, {
    code: "signing-key-exposed",
    hint: "run with `isolation: required` if the machine offers a level (`model-to-edge doctor` reports it), or remove the variable from this job and publish with `--unsigned`",
  });
}
