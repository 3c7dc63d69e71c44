import type { Policy } from "../config/policy.ts";
import type { PlanEngine } from "./choose-engine.ts";

/** Options that only Git may set are said where all that is loosened is said. */
export function withLoosened(
  policy: Policy,
  { description, loosening }: PlanEngine,
  options: Record<string, unknown>,
): Policy {
  const said = loosening
    .filter((key) => options[key] !== undefined)
    .map(
      (key) =>
        `${description.name}.${key}: ${JSON.stringify(options[key])} (conversion.yaml)`,
    );

  return said.length === 0
    ? policy
    : { ...policy, loosened: [...policy.loosened, ...said] };
}
