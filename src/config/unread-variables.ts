import {
  type Environment,
  optionVariable,
} from "../environment/environment.ts";
import { nearest } from "../text/nearest.ts";
import { DATASET_OPTIONS } from "./dataset-options.ts";
import { FLEET_OPTIONS } from "./fleet-options.ts";
import { LAND_OPTIONS } from "./land-options.ts";
import type { OptionSpec } from "./option-spec.ts";
import { RUN_OPTIONS } from "./options.ts";
import { PROMOTE_OPTIONS } from "./promote-options.ts";
import { SWEEP_OPTIONS } from "./sweep-options.ts";

const SPECS: readonly OptionSpec[] = [
  ...[...RUN_OPTIONS, ...LAND_OPTIONS, ...PROMOTE_OPTIONS],
  ...[...SWEEP_OPTIONS, ...FLEET_OPTIONS, ...DATASET_OPTIONS],
];
const PREFIX = optionVariable("");

/** A variable that nothing reads, and the one that its name is most likely meant to be. */
export interface MisspeltVariable {
  name: string;
  meant: string;
}

/**
 * Variables `MODEL_TO_EDGE_…` that are set, are no setting of any command, and differ from one by a letter or two. Others,
 * such as those of templates and images, or of a user's own, are nobody's mistake. `flags` may name variables, too; `more` are settings that no list has.
 */
export function misspeltVariables(
  environment: Pick<Environment, "ownVariables">,
  flags: Readonly<Record<string, unknown>>,
  more: readonly string[] = [],
): MisspeltVariable[] {
  const { names, read, values } = environment.ownVariables(PREFIX);
  const known = new Set([
    ...[...SPECS.map(({ name }) => name), ...more].map(optionVariable),
    ...SPECS.flatMap(({ default: value = "" }) => value || []),
    ...read,
  ]);
  const named = new Set([...values, ...Object.values(flags)]);
  const own = [...known].filter((name) => name.startsWith(PREFIX));
  const suffixes = own.map((name) => name.slice(PREFIX.length));

  return names.flatMap((name) => {
    if (known.has(name) || named.has(name)) return [];
    const near = nearest(name.slice(PREFIX.length), suffixes);
    return near === null ? [] : [{ name, meant: PREFIX + near }];
  });
}
