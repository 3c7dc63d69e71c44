import type { Settings } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import type { JobKey } from "../../convert/refuse-exposed-key.ts";

/** The signing key of the job's variables, whether or not this step signs; null where there is none. */
export function jobKey(
  { environment }: Pick<Context, "environment">,
  {
    signingKeyVariable: variable,
    unsigned,
  }: Pick<Settings, "signingKeyVariable" | "unsigned">,
): JobKey | null {
  return environment.named(variable) === null
    ? null
    : { variable, isUnused: unsigned };
}
