import type { Command } from "commander";
import { FLEET_OPTIONS } from "../../config/fleet-options.ts";
import type { Context } from "../../context.ts";
import type { CommandIo } from "../command-io.ts";
import { addOptions, kebab } from "./command-flags.ts";

/** `fleet`: the step after `plan` where many jobs convert. */
export function addFleet(program: Command, ctx: Context, io: CommandIo): void {
  addOptions(
    program
      .command("fleet")
      .description(
        "spread plan.json over the jobs of a GitLab child pipeline, and write its file",
      ),
    FLEET_OPTIONS,
  ).action(async (flags) =>
    (await import("../fleet.ts")).fleet(ctx, io, kebab(flags)),
  );
}
