import type { Finding, Measured } from "./check.ts";
import type { CheckName, RegisteredCheck } from "./checks/registry.ts";
import type { LostDetails } from "./worker/lost-details.ts";

type DetailsOf<C> = C extends {
  run(...given: never[]): Promise<Finding<infer D>>;
}
  ? D
  : never;

/** What a check of the registry found, with its name; details are those of that check, or of its process's end. */
export type CheckResult = {
  [C in RegisteredCheck as C["name"]]: { check: C["name"] } & Finding<
    DetailsOf<C> & LostDetails
  >;
}[CheckName];

/** That of one check. */
export type ResultOf<N extends CheckName> = Extract<CheckResult, { check: N }>;

/** A finding under the name of the check that found it. */
export function resultOf(
  check: CheckName,
  finding: Measured<Finding>,
): Measured<CheckResult> {
  // The registry ties a name to its details; TypeScript cannot follow that through a list of checks.
  return { check, ...finding } as Measured<CheckResult>;
}
