import type { Command } from "commander";
import { LAND_OPTIONS } from "../config/land-options.ts";
import type { OptionSpec } from "../config/option-spec.ts";
import { RUN_OPTIONS } from "../config/options.ts";
import type { Context } from "../context.ts";
import { listEngines } from "../engine/catalogue.ts";
import { UsageError } from "../errors.ts";
import { suggestion } from "../text/nearest.ts";
import type { CommandIo } from "./command-io.ts";
import { namedCommands } from "./program/command-help.ts";
import {
  type CompletedCommand,
  completionScript,
  SHELLS,
} from "./program/completion-scripts.ts";

/**
 * Prints the script that a shell reads, of the program that `programOf` makes, with all options of the commands that it
 * is given. Throws `UsageError` for a shell that has none.
 */
export async function completion(
  ctx: Context,
  io: CommandIo,
  shell: string,
  programOf: (commands: readonly string[]) => Command,
): Promise<void> {
  const known = SHELLS.find((name) => name === shell);
  if (known === undefined)
    throw new UsageError(
      `there is no completion for ${JSON.stringify(shell)}: ${suggestion(shell, SHELLS)}`,
      {
        code: "setting",
        hint: "write `model-to-edge completion bash`, for example",
      },
    );

  const engines = (await listEngines(ctx)).map(({ name }) => name);
  // Each command is named, so that each has all of its options.
  const names = namedCommands(programOf([])).map(([words]) => words);
  const program = programOf(names);
  const commands = namedCommands(program).map(([words, command]) =>
    completed(words, command, engines),
  );

  io.print(completionScript(known, program.name(), commands));
}

function completed(
  words: string,
  command: Command,
  engines: readonly string[],
): CompletedCommand {
  return {
    words,
    says: command.description(),
    values: VALUES[words]?.(engines) ?? [],
    options: command.options.map((option) => ({
      flag: option.long ?? "",
      says: option.description,
      takesValue: option.required || option.optional,
      values:
        option.long === "--engine" ? engines : choicesOf(option.long ?? ""),
    })),
  };
}

/** Words that may stand as a command's argument; files where there are none. */
const VALUES: Readonly<
  Record<string, (engines: readonly string[]) => readonly string[]>
> = {
  completion: () => SHELLS,
  "engine install": (engines) => engines,
};

const SPECS: readonly OptionSpec[] = [...RUN_OPTIONS, ...LAND_OPTIONS];

function choicesOf(flag: string): readonly string[] {
  return SPECS.find(({ name }) => `--${name}` === flag)?.choices ?? [];
}
