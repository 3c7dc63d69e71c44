import { Command, Option } from "commander";
import { LAND_OPTIONS, LAND_RUN_OPTIONS } from "../config/land-options.ts";
import { type OptionSpec, RUN_OPTIONS } from "../config/options.ts";
import type { Context } from "../context.ts";
import type { CommandIo, Flags } from "./command-io.ts";

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
  addOptions(
    program
      .command("land")
      .description(
        "after a Git merge: make the data branch part of the target's, with its edge models",
      ),
    [...LAND_OPTIONS, ...LAND_RUN_OPTIONS],
  )
    .option(
      "--undo <request>",
      "by hand: take back what was landed for a merged request, such as !7",
    )
    .action(async (flags) =>
      flags.undo === undefined
        ? (await import("./land.ts")).land(ctx, io, kebab(flags))
        : (await import("./land-undo.ts")).landUndo(ctx, io, kebab(flags)),
    );
  addOptions(
    program
      .command("explain")
      .description("say why a model is or is not up to date, part by part")
      .argument("<model>", "name of the model"),
    RUN_OPTIONS,
  ).action(async (name: string, flags) =>
    (await import("./explain.ts")).explain(ctx, io, name, kebab(flags)),
  );
  program
    .command("branch")
    .description("print the store's branch that belongs to the Git ref")
    .argument(
      "[ref]",
      "Git branch; default: the pipeline's, else the one that is checked out",
    )
    .option("--create", "make it in the store, where it is missing")
    .option("--from <name>", "branch of the store that --create copies", "main")
    .option("--all", "list Git branches, data branches, verdicts and ages")
    .option("--store <url>", "the store, for --create and --all")
    .action(async (ref: string | undefined, flags) =>
      (await import("./branch.ts")).branch(ctx, io, ref, kebab(flags)),
    );
  addOptions(
    program
      .command("pin")
      .description(
        "write model.lock: this commit of the data branch is reviewed and landed",
      ),
    RUN_OPTIONS.filter(({ name }) =>
      ["store", "model-branch", "model-path"].includes(name),
    ),
  ).action(async (flags) =>
    (await import("./pin.ts")).pin(ctx, io, kebab(flags)),
  );
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
  program
    .command("init")
    .description(
      "write the ten lines for .gitlab-ci.yml, and a conversion.yaml",
    )
    .option(
      "--store <url>",
      "the store to write into the lines",
      "lakefs://REPOSITORY",
    )
    .action(async (flags) =>
      (await import("./init.ts")).init(ctx, io, kebab(flags)),
    );
  program
    .command("demo")
    .description(
      "make a tiny real model, and run the whole way with the embedded file store",
    )
    .option("--dir <dir>", "folder of the demo", ".demo")
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

function addOptions(command: Command, options: readonly OptionSpec[]): Command {
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
function kebab(flags: Flags): Flags {
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
