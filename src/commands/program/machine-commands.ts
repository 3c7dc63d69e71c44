import type { Command } from "commander";
import { optionsOf } from "../../config/command-options.ts";
import { SWEEP_OPTIONS } from "../../config/sweep-options.ts";
import type { Context } from "../../context.ts";
import type { CommandIo } from "../command-io.ts";
import { addOptions, kebab } from "./command-flags.ts";
import { addInitCommand } from "./init-command.ts";

/** Commands about this machine, a project and a store as a whole. */
export function addMachineCommands(
  program: Command,
  ctx: Context,
  io: CommandIo,
): void {
  program
    .command("keygen")
    .description(
      "make a key for signing publications, and model-to-edge.pub for Git",
    )
    .option("--out <file>", "file of the private key", "model-to-edge.key")
    .option(
      "--type <type>",
      "ed25519, or p256, which OpenSSF's model-signing can also verify",
      "ed25519",
    )
    .action(async (flags) =>
      (await import("../keygen.ts")).keygen(ctx, io, kebab(flags)),
    );
  program
    .command("doctor")
    .description(
      "report what is installed, what is missing, and the command that fixes it",
    )
    .option("--store <url>", "also check this store")
    .action(async (flags) =>
      (await import("../doctor.ts")).doctor(ctx, io, kebab(flags)),
    );
  program
    .command("profiles")
    .description("list the device profiles for conversion.yaml and --profile")
    .option("--json", "as JSON")
    .action(async (flags) =>
      (await import("../profiles.ts")).profiles(ctx, io, kebab(flags)),
    );

  const engine = program
    .command("engine")
    .description("list and install engines");

  engine
    .command("list")
    .description("list the engines and whether they are installed")
    .option("--json", "as JSON")
    .action(async (flags) =>
      (await import("../engine.ts")).listEngines(ctx, io, kebab(flags)),
    );
  engine
    .command("install")
    .description("install an engine's environment")
    .argument("<name>")
    .action(async (name: string) =>
      (await import("../engine.ts")).installEngine(ctx, name),
    );
  addInitCommand(program, ctx, io);
  program
    .command("demo")
    .description(
      "train a tiny model and run everything with a store in a folder",
    )
    .option("--dir <dir>", "folder of the demo", ".demo")
    .option("--engine <name>", "engine to demonstrate")
    .action(async (flags) =>
      (await import("../demo.ts")).demo(ctx, io, kebab(flags)),
    );
  addOptions(
    program
      .command("sweep")
      .description(
        "remove drafts left behind by stopped runs, or list data branches without a Git branch",
      ),
    [...SWEEP_OPTIONS, ...optionsOf("sweep")],
  ).action(async (flags) =>
    (await import("../sweep.ts")).sweep(ctx, io, kebab(flags)),
  );
}
