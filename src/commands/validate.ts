import { existsSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import {
  addProfile,
  type ConfigLayer,
  settingsOf,
} from "../config/model-settings.ts";
import { policyProfiles } from "../config/read-profiles.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { plain } from "../message.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import { validateFolder } from "../validate/validate-folder.ts";
import type { CommandIo, Flags } from "./command-io.ts";

/** The same checks as in a run, on any folder: 0 only when it could be published. */
export async function validate(
  ctx: Context,
  edge: CommandIo,
  folder: string,
  flags: Flags,
): Promise<void> {
  const path = resolve(ctx.cwd, folder);
  if (!existsSync(path))
    throw new UsageError(`${folder} does not exist`, {
      hint: "name a folder with an .onnx file",
    });

  const evidence =
    typeof flags.evidence === "string"
      ? resolve(ctx.cwd, flags.evidence)
      : null;

  if (evidence !== null && !existsSync(evidence))
    throw new UsageError(
      `--evidence ${String(flags.evidence)} does not exist`,
      {
        hint: "name the folder with references.safetensors",
      },
    );

  const name = String(flags.name ?? basename(path));
  const file = typeof flags.config === "string" ? flags.config : null;
  const repository = file === null ? null : await readConfig(ctx, file);
  const { policy } = settingsOf(name, repository ? [repository] : []);
  const named =
    typeof flags.profile === "string"
      ? flags.profile.split(",").filter((id) => id !== "")
      : [];

  for (const profile of Object.values(await policyProfiles(named, ctx.cwd)))
    addProfile(policy, profile);
  const shown = relative(ctx.cwd, path) || ".";
  const profiles = named.map((id) => ` --profile ${id}`).join("");
  const reproduce = `model-to-edge validate ${shown}${evidence ? ` --evidence ${relative(ctx.cwd, evidence) || "."}` : ""}${profiles}`;
  const performance = flags.performance
    ? { published: async () => null }
    : null;

  const request = {
    name,
    folder: path,
    evidence,
    policy,
    reproduce,
    performance,
  };

  const { verdict, performance: measured } = await validateFolder(ctx, request);
  if (flags.json) edge.print(`${JSON.stringify(verdict, null, 2)}\n`);

  for (const { check, status, message } of verdict.checks)
    ctx.log.info(`${status.padEnd(4)} ${check}: ${plain(message)}`);
  if (measured)
    ctx.log.info(`on this machine, one thread: ${measured.sentence}`);

  const say =
    verdict.outcome === "fail"
      ? ctx.log.error
      : verdict.outcome === "warn"
        ? ctx.log.warn
        : ctx.log.info;

  say(verdict.sentence);
  edge.exit(exitCodeOf([{ failure: null, red: verdict.outcome === "fail" }]));
}

/** The reader of YAML is loaded only here: it takes as long as the checks of a small model. */
async function readConfig(
  ctx: Context,
  file: string,
): Promise<ConfigLayer | null> {
  const { planEngines, repositoryConfig } = await import(
    "../plan/plan-inputs.ts"
  );
  return repositoryConfig(ctx, file, await planEngines(ctx));
}
