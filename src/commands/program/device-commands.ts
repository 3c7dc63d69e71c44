import type { Command } from "commander";
import { optionsOf } from "../../config/command-options.ts";
import type { OptionSpec } from "../../config/option-spec.ts";
import type { Context } from "../../context.ts";
import type { CommandIo } from "../command-io.ts";
import { addOptions, kebab } from "./command-flags.ts";

/** It means another thing here than in a run. */
const UNSIGNED: OptionSpec = {
  name: "unsigned",
  type: "flag",
  description: "ask nobody who made it: hash the files, and no more",
};

const DIFF_PLACE =
  "folder like edge/<name>/, STORE/BRANCH/MODEL, or REGISTRY#ALGORITHM/NAME@VERSION";

/** The commands of who takes converted models: `validate`, `verify`, `fetch`, `diff`. */
export function addDeviceCommands(
  program: Command,
  ctx: Context,
  io: CommandIo,
): void {
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
      "device that must be able to load it; separate several by commas, or repeat the flag",
      listed,
    )
    .option(
      "--performance",
      "also measure load, run times and memory on this machine",
    )
    .option("--json", "print the verdict document")
    .action(async (folder: string, flags) =>
      (await import("../validate.ts")).validate(ctx, io, folder, kebab(flags)),
    );
  addOptions(
    program
      .command("verify")
      .description(
        "report who signed a published model, and check the hash of every file",
      )
      .argument(
        "<place>",
        "folder like edge/<name>/, or a store's URL with --model-branch",
      ),
    [...optionsOf("verify"), UNSIGNED],
  ).action(async (place: string, flags) =>
    (await import("../verify.ts")).verify(ctx, io, place, kebab(flags)),
  );
  addOptions(
    program
      .command("fetch")
      .description(
        "download a published model and its evidence, and check the hash of every file",
      )
      .argument(
        "<place>",
        "STORE/BRANCH/MODEL, such as lakefs://vision/main/detector; a commit in place of the branch; end with / for all models",
      )
      .argument("<folder>", "new folder for edge/ and evidence/"),
    [...optionsOf("fetch"), UNSIGNED],
  ).action(async (place: string, folder: string, flags) =>
    (await import("../fetch.ts")).fetchPublished(
      ctx,
      io,
      [place, folder],
      kebab(flags),
    ),
  );
  addOptions(
    program
      .command("diff")
      .description(
        "report what changed between two converted models: contract, operators, size, numbers, pictures",
      )
      .argument("<was>", DIFF_PLACE)
      .argument("<is>", "the same for the newer model")
      .option(
        "--out <dir>",
        "also write diff.html, with pictures, and diff.json",
      )
      .option("--json", "as JSON"),
    optionsOf("diff"),
  ).action(async (was: string, is: string, flags) =>
    (await import("../diff.ts")).diff(ctx, io, [was, is], kebab(flags)),
  );
}

/** An option that may be given again. */
function listed(value: string, before: string | undefined): string {
  return before === undefined ? value : `${before},${value}`;
}
