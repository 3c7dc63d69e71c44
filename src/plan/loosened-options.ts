import type { Policy } from "../config/policy.ts";
import type { PlanEngine } from "./choose-engine.ts";

/** Options that only Git may set are said where all that is loosened is said; `from`: who sets them. */
export function withLoosened(
  policy: Policy,
  { description, loosening }: PlanEngine,
  options: Record<string, unknown>,
  from = "conversion.yaml",
): Policy {
  const said = loosening
    .filter((key) => options[key] !== undefined)
    .map(
      (key) =>
        `${description.name}.${key}: ${JSON.stringify(options[key])} (${from})`,
    );

  return said.length === 0
    ? policy
    : { ...policy, loosened: [...policy.loosened, ...said] };
}
