import type { Environment } from "../environment/environment.ts";
import type { OptionSpec } from "./option-spec.ts";

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** An option of a list by its name. */
export function optionNamed(
  options: readonly OptionSpec[],
  name: string,
): OptionSpec {
  const option = options.find((candidate) => candidate.name === name);
  if (!option) throw new Error(`there is no option ${name}`);

  return option;
}

/** An option as text: the flag, else its variable, else its default, else "". An empty one counts as not set. */
export function optionValue(
  { name, default: fallback }: OptionSpec,
  flags: Values,
  environment: Pick<Environment, "option">,
): string {
  return String(flags[name] || environment.option(name) || (fallback ?? ""));
}
