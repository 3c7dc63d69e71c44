import type { Command } from "commander";
import { type OptionSpec, RUN_OPTIONS } from "../config/options.ts";
import type { Context } from "../context.ts";
import { addOptions, kebab } from "./command-flags.ts";
import type { CommandIo } from "./command-io.ts";

const UNSIGNED: OptionSpec = {
  name: "unsigned",
  type: "flag",
  description: "ask nobody who made it: hash the files, and no more",
};

/** The commands of who takes published models: `fetch`, `verify`, `diff`. */
export function addDeviceCommands(
  program: Command,
  ctx: Context,
  io: CommandIo,
): void {
  addOptions(
    program
      .command("verify")
      .description("say who proved a published model, and hash every file")
      .argument(
        "<place>",
        "folder like edge/<name>/, or a store's URL with --model-branch",
      ),
    options(
      ...["key", "store-user", "model-branch", "model-path", "edge-path"],
      ...["s3-endpoint", "out", "json"],
    ),
  ).action(async (place: string, flags) =>
    (await import("./verify.ts")).verify(ctx, io, place, kebab(flags)),
  );
  addOptions(
    program
      .command("fetch")
      .description(
        "bring a published model and its evidence into a folder, and hash every file",
      )
      .argument(
        "<place>",
        "STORE/BRANCH/MODEL, such as lakefs://vision/main/detector; a commit in place of the branch; a / at the end: all models",
      )
      .argument("<folder>", "new folder for edge/ and evidence/"),
    options("key", "edge-path", "s3-endpoint"),
  ).action(async (place: string, folder: string, flags) =>
    (await import("./fetch.ts")).fetchPublished(
      ctx,
      io,
      [place, folder],
      kebab(flags),
    ),
  );
  program
    .command("diff")
    .description(
      "say what changed from one converted model to another: breaking, additive, or weights",
    )
    .argument("<was>", "folder like edge/<name>/")
    .argument("<is>", "the same of the newer one")
    .option("--json", "as JSON")
    .action(async (was: string, is: string, flags) =>
      (await import("./diff.ts")).diff(ctx, io, [was, is], kebab(flags)),
    );
}

/** Those of a run with these names, and `--unsigned`, which means another thing here. */
function options(...names: string[]): OptionSpec[] {
  return [...RUN_OPTIONS.filter(({ name }) => names.includes(name)), UNSIGNED];
}
