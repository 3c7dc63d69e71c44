import { type Command, Option } from "commander";
import type { OptionSpec } from "../../config/option-spec.ts";
import type { Flags } from "../command-io.ts";

/** Flags of the settings, with their choices and defaults in the help. */
export function addOptions(
  command: Command,
  options: readonly OptionSpec[],
): Command {
  for (const spec of options) {
    const value =
      spec.type === "flag" ? "" : ` <${(spec.value ?? "value").toLowerCase()}>`;
    const choices = spec.choices ? ` (${spec.choices.join(", ")})` : "";
    const fallback = spec.default ? ` [${spec.default}]` : "";

    command.addOption(
      new Option(
        `--${spec.name}${value}`,
        `${spec.description}${choices}${fallback}`,
      ),
    );
  }
  return command;
}

/** commander gives `modelBranch`; the settings are looked up by `model-branch`. */
export function kebab(flags: Flags): Flags {
  const named = Object.entries(flags).map(([key, value]) => [
    key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    value,
  ]);

  const result = Object.fromEntries(named) as Flags;
  // `--no-publish` arrives as publish: false; untouched it arrives as true.
  if (result.publish === false) result.publish = "none";
  if (result.publish === true) delete result.publish;

  return result;
}
