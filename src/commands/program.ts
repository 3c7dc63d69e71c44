import { Command, Option } from "commander";
import { RUN_OPTIONS } from "../config/options.ts";
import type { Context } from "../context.ts";
import { addBranchCommands } from "./branch-commands.ts";
import { addOptions, kebab } from "./command-flags.ts";
import type { CommandIo } from "./command-io.ts";
import { addDeviceCommands } from "./device-commands.ts";
import { addInitCommand } from "./init-command.ts";

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
      "Turns the models of a lakeFS branch into edge models, and says whether they may ship.",
    )
    .version(ctx.version)
    .showHelpAfterError("(model-to-edge --help lists the commands)")
    .exitOverride();

  const step = (name: string, description: string) => {
    const command = program.command(name).description(description);
    return words.includes(name) ? withRunOptions(command) : command;
  };

  step("run", "plan, convert, publish and report in one go").action(
    async (flags) => (await import("./run.ts")).run(ctx, io, kebab(flags)),
  );
  step("plan", "decide which models to convert, and write plan.json").action(
    async (flags) => (await import("./plan.ts")).plan(ctx, io, kebab(flags)),
  );
  step("convert", "convert, check and stage the models of plan.json").action(
    async (flags) =>
      (await import("./convert.ts")).convert(ctx, io, kebab(flags)),
  );
  step("publish", "make the staged models edge/, in one atomic step").action(
    async (flags) =>
      (await import("./publish.ts")).publish(ctx, io, kebab(flags)),
  );
  step("report", "write the reports and the note on the merge request").action(
    async (flags) =>
      (await import("./report.ts")).report(ctx, io, kebab(flags)),
  );
  step("config", "print the settings, and where each value came from").action(
    async (flags) =>
      (await import("./config.ts")).config(ctx, io, kebab(flags)),
  );
  addBranchCommands(program, ctx, io);
  program
    .command("validate")
    .description("check a folder with a converted model again")
    .argument(
      "<folder>",
      "folder with an .onnx file, laid out like edge/<name>/",
    )
    .option(
      "--evidence <dir>",
      "folder with references.safetensors; default: the same folder",
    )
    .option(
      "--config <file>",
      "conversion.yaml with the policy; default: the strict one",
    )
    .option(
      "--name <name>",
      "the model's name in conversion.yaml; default: the folder's",
    )
    .option(
      "--profile <id>",
      "device that must be able to load it; several with commas, or given again",
      listed,
    )
    .option(
      "--performance",
      "also measure load, run times and memory on this machine",
    )
    .option("--json", "print the verdict document")
    .action(async (folder: string, flags) =>
      (await import("./validate.ts")).validate(ctx, io, folder, kebab(flags)),
    );
  addDeviceCommands(program, ctx, io);
  program
    .command("keygen")
    .description(
      "make a key that signs what is published, and model-to-edge.pub for Git",
    )
    .option("--out <file>", "file of the private key", "model-to-edge.key")
    .option(
      "--type <type>",
      "ed25519, or p256, whose greens OpenSSF's model-signing verifies, too",
      "ed25519",
    )
    .action(async (flags) =>
      (await import("./keygen.ts")).keygen(ctx, io, kebab(flags)),
    );
  program
    .command("doctor")
    .description(
      "say what is there, what is missing, and the command that fixes it",
    )
    .option("--store <url>", "also check this store")
    .action(async (flags) =>
      (await import("./doctor.ts")).doctor(ctx, io, kebab(flags)),
    );
  program
    .command("profiles")
    .description(
      "list the device profiles that conversion.yaml and --profile can name",
    )
    .option("--json", "as JSON")
    .action(async (flags) =>
      (await import("./profiles.ts")).profiles(ctx, io, kebab(flags)),
    );

  const engine = program
    .command("engine")
    .description("list and install engines");

  engine
    .command("list")
    .description("engines, and whether they are installed")
    .option("--json", "as JSON")
    .action(async (flags) =>
      (await import("./engine.ts")).listEngines(ctx, io, kebab(flags)),
    );
  engine
    .command("install")
    .description("make an engine's environment")
    .argument("<name>")
    .action(async (name: string) =>
      (await import("./engine.ts")).installEngine(ctx, name),
    );
  addInitCommand(program, ctx, io);
  program
    .command("demo")
    .description(
      "make a tiny real model, and run the whole way with the embedded file store",
    )
    .option("--dir <dir>", "folder of the demo", ".demo")
    .option("--engine <name>", "engine whose demo it is")
    .action(async (flags) =>
      (await import("./demo.ts")).demo(ctx, io, kebab(flags)),
    );
  program
    .command("sweep")
    .description(
      "remove drafts that stopped runs left behind, or list data branches without a Git branch",
    )
    .requiredOption("--store <url>", "the store")
    .option(
      "--older-than <duration>",
      "only what is at least of this age",
      "24h",
    )
    .option("--dry-run", "only list them")
    .option(
      "--stale-branches",
      "list data branches whose Git branch is gone, instead",
    )
    .option("--delete", "with --stale-branches: delete them")
    .action(async (flags) =>
      (await import("./sweep.ts")).sweep(ctx, io, kebab(flags)),
    );

  return program;
}

/** An option that may be given again. */
function listed(value: string, before: string | undefined): string {
  return before === undefined ? value : `${before},${value}`;
}

function withRunOptions(command: Command): Command {
  return addOptions(command, RUN_OPTIONS).addOption(
    new Option("--no-publish", "the same as --publish none"),
  );
}
