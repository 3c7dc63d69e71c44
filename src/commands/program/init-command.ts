import type { Command } from "commander";
import type { Context } from "../../context.ts";
import type { CommandIo } from "../command-io.ts";
import { kebab } from "./command-flags.ts";

/** The command `init`, and what it does with `--lakefs-action`. */
export function addInitCommand(
  program: Command,
  ctx: Context,
  io: CommandIo,
): void {
  program
    .command("init")
    .description(
      "write the include into .gitlab-ci.yml, a conversion.yaml, and .gitignore",
    )
    .option("--store <url>", "the store to use in them", "lakefs://REPOSITORY")
    .option(
      "--engine <name>",
      "the engine of all models; default: the one that accepts the files",
    )
    .option(
      "--component <path>",
      "the component's project on your GitLab; default: the one that this release was stamped for",
    )
    .option(
      "--from-flytekit <file>",
      "instead: write conversion.yaml from the ONNX plugin's configuration in this Python file, which is not run (FILE:LINE if it has several)",
    )
    .option(
      "--lakefs-action [form]",
      "instead: show the action by which a push to lakeFS starts the pipeline (lua, webhook; default: what the server can do)",
    )
    .option(
      "--project <url>",
      "the project in GitLab, its page or its API address; default: origin's",
    )
    .option("--git-branch <name>", "Git's default branch; default: origin's")
    .option(
      "--data-branch <name>",
      "data branch that others are made from",
      "main",
    )
    .option(
      "--token-env <name>",
      "variable of the lakeFS server with GitLab's trigger token",
      "LAKEFSACTION_MODEL_TO_EDGE_TOKEN",
    )
    .option(
      "--quiet <duration>",
      "form lua: this long without a newer commit before the pipeline starts",
      "10s",
    )
    .option("--yes", "commit the action to the data branch")
    .action(async (flags) => {
      if (flags.fromFlytekit !== undefined)
        return (await import("../init/from-flytekit.ts")).fromFlytekit(
          ctx,
          io,
          String(flags.fromFlytekit),
        );

      return flags.lakefsAction === undefined
        ? (await import("../init.ts")).init(ctx, io, kebab(flags))
        : (await import("../init-action.ts")).initAction(ctx, io, kebab(flags));
    });
}
