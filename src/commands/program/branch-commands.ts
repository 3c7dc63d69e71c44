import type { Command } from "commander";
import { optionsOf } from "../../config/command-options.ts";
import { LAND_OPTIONS } from "../../config/land-options.ts";
import { PROMOTE_OPTIONS } from "../../config/promote-options.ts";
import type { Context } from "../../context.ts";
import type { CommandIo } from "../command-io.ts";
import { addOptions, kebab } from "./command-flags.ts";

/** Commands about data branches: landing them, pinning, naming, and why a model of one is up to date. */
export function addBranchCommands(
  program: Command,
  ctx: Context,
  io: CommandIo,
): void {
  addOptions(
    program
      .command("land")
      .description(
        "after a Git merge: merge the data branch into the target's data branch, with its edge models",
      ),
    [...LAND_OPTIONS, ...optionsOf("land")],
  )
    .option(
      "--undo <request>",
      "by hand: revert what was landed for a merge request, such as !7",
    )
    .action(async (flags) =>
      flags.undo === undefined
        ? (await import("../land.ts")).land(ctx, io, kebab(flags))
        : (await import("../land-undo.ts")).landUndo(ctx, io, kebab(flags)),
    );
  addOptions(
    program
      .command("promote")
      .description(
        "give a landed model a version, and write it to a registry, or a folder of data; nothing there is overwritten",
      ),
    [...PROMOTE_OPTIONS, ...optionsOf("promote")],
  ).action(async (flags) =>
    (await import("../promote.ts")).promoteModel(ctx, io, kebab(flags)),
  );
  addOptions(
    program
      .command("catalogue")
      .description(
        "write a static site of all edge models of a branch, and of their versions in a registry",
      )
      .option("--out <folder>", "folder of the site", "public")
      .option(
        "--from <url>",
        "registry: s3://BUCKET/PREFIX, or file:///FOLDER; default: none",
      )
      .option(
        "--no-pictures",
        "leave out the pictures of samples, which anyone who sees the site sees",
      ),
    optionsOf("catalogue"),
  ).action(async (flags) =>
    (await import("../catalogue.ts")).catalogue(ctx, io, kebab(flags)),
  );
  addOptions(
    program
      .command("explain")
      .description("explain why a model is or is not up to date")
      .argument("<model>", "name of the model"),
    optionsOf("explain"),
  ).action(async (name: string, flags) =>
    (await import("../explain.ts")).explain(ctx, io, name, kebab(flags)),
  );
  program
    .command("branch")
    .description("print the store's branch that belongs to the Git ref")
    .argument(
      "[ref]",
      "Git branch; default: the pipeline's, otherwise the one that is checked out",
    )
    .option("--create", "create it in the store if it is missing")
    .option("--from <name>", "branch of the store that --create copies", "main")
    .option(
      "--all",
      "list Git branches with their data branches, verdicts and ages",
    )
    .option("--store <url>", "the store, for --create and --all")
    .action(async (ref: string | undefined, flags) =>
      (await import("../branch.ts")).branch(ctx, io, ref, kebab(flags)),
    );
  addOptions(
    program
      .command("pin")
      .description(
        "write model.lock, so that exactly this commit of the data branch is reviewed and landed",
      ),
    optionsOf("pin"),
  ).action(async (flags) =>
    (await import("../pin.ts")).pin(ctx, io, kebab(flags)),
  );
}
