import {
  type Environment,
  optionVariable,
} from "../environment/environment.ts";
import type { VariableValue } from "./child-pipeline.ts";

/** Settings of the jobs that are no settings of a run. */
const BESIDE = ["docs-url", "ca-file", "note-name"];

/**
 * Variables of the child pipeline: each setting as the parent's job has it. A path that a file variable holds is another
 * one in each job: for these, `NAME-written` has the text of the input. A `$` in another value is no variable.
 */
export function childVariables(
  options: readonly string[],
  environment: Pick<Environment, "option">,
): Record<string, VariableValue> {
  const variables: Record<string, VariableValue> = {};

  for (const name of [...options, ...BESIDE]) {
    const written = environment.option(`${name}-written`);
    const value = environment.option(name);
    if (written !== null) variables[optionVariable(name)] = written;
    else if (value !== null)
      variables[optionVariable(name)] = value.includes("$")
        ? { value, expand: false }
        : value;
  }

  return variables;
}
