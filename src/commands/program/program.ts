import { Command, Option } from "commander";
import { optionsOf } from "../../config/command-options.ts";
import { BATCH_OPTION } from "../../config/fleet-options.ts";
import type { Context } from "../../context.ts";
import type { CommandIo } from "../command-io.ts";
import { addExport } from "./add-export.ts";
import { addFleet } from "./add-fleet.ts";
import { addBranchCommands } from "./branch-commands.ts";
import { addOptions, kebab } from "./command-flags.ts";
import { addCommandHelp } from "./command-help.ts";
import { SHELLS } from "./completion-scripts.ts";
import { addDeviceCommands } from "./device-commands.ts";
import { addMachineCommands } from "./machine-commands.ts";

/** Steps that decide what is published, or print it. */
const PUBLISHING = ["run", "plan", "config"];

/**
 * All commands. Each loads its code only when it runs, and the long list of options is made only for a command that
 * `words`, the command line, names: so `--help` stays fast.
 */
export function makeProgram(
  ctx: Context,
  io: CommandIo,
  words: readonly string[],
): Command {
  const program = new Command("model-to-edge")
    .description(
      "Converts the models of a lakeFS branch to edge models and reports whether they may ship.",
    )
    .version(ctx.version)
    // `promote --version 1.2.0` is the promotion's.
    .enablePositionalOptions()
    .showHelpAfterError("(model-to-edge --help lists the commands)")
    .exitOverride();

  const step = (name: string, description: string) => {
    const command = program.command(name).description(description);
    return words.includes(name) ? withOptions(command) : command;
  };

  step("run", "plan, convert, publish and report in one go").action(
    async (flags) => (await import("../run.ts")).run(ctx, io, kebab(flags)),
  );
  step("plan", "decide which models to convert, and write plan.json").action(
    async (flags) => (await import("../plan.ts")).plan(ctx, io, kebab(flags)),
  );
  step("convert", "convert, check and stage the models of plan.json").action(
    async (flags) =>
      (await import("../convert.ts")).convert(ctx, io, kebab(flags)),
  );
  step(
    "publish",
    "publish the staged models as edge/ in one atomic step",
  ).action(async (flags) =>
    (await import("../publish.ts")).publish(ctx, io, kebab(flags)),
  );
  step("report", "write the reports and the note on the merge request").action(
    async (flags) =>
      (await import("../report.ts")).report(ctx, io, kebab(flags)),
  );
  step("config", "print the settings and where each value came from").action(
    async (flags) =>
      (await import("../config.ts")).config(ctx, io, kebab(flags)),
  );
  addFleet(program, ctx, io);
  addBranchCommands(program, ctx, io);
  addExport(program, ctx, io);
  addDeviceCommands(program, ctx, io);
  addMachineCommands(program, ctx, io);
  program
    .command("completion")
    .description("print the completion of all commands for a shell")
    .argument("<shell>", SHELLS.join(", "))
    .action(async (shell: string) =>
      (await import("../completion.ts")).completion(ctx, io, shell, (all) =>
        makeProgram(ctx, io, all),
      ),
    );
  addCommandHelp(program);

  return program;
}

function withOptions(command: Command): Command {
  addOptions(command, optionsOf(command.name()));
  if (command.name() === "convert") addOptions(command, [BATCH_OPTION]);
  if (!PUBLISHING.includes(command.name())) return command;

  return command.addOption(
    new Option("--no-publish", "the same as --publish none"),
  );
}
