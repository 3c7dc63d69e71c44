import type { Command } from "commander";
import { optionsOf } from "../../config/command-options.ts";
import type { Context } from "../../context.ts";
import type { CommandIo } from "../command-io.ts";
import { addOptions, kebab } from "./command-flags.ts";

/** `export`: its words hold options of engines beside the model's files, so that no option is unknown here. */
export function addExport(program: Command, ctx: Context, io: CommandIo): void {
  const command = program
    .command("export")
    .description("convert and check one model that lies here, with no store")
    .argument(
      "<model...>",
      "its folder or its files, and options of the engine such as --opset_version 17",
    )
    .allowUnknownOption()
    .allowExcessArguments()
    .option(
      "--options <file>",
      "YAML file with options of the engine; those on the command line win",
    );

  addOptions(command, optionsOf("export")).action(async (_, flags) =>
    (await import("../export.ts")).exportFiles(
      ctx,
      io,
      command.args,
      kebab(flags),
    ),
  );
}
