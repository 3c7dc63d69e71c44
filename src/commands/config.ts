import { originsOf, readSettings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { planEngines, repositoryConfig } from "../plan/plan-inputs.ts";
import { plainUrl } from "../text/plain-url.ts";
import type { CommandIo, Flags } from "./command-io.ts";

/** Prints each setting with its origin, and what `conversion.yaml` says. */
export async function config(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const origins = originsOf(flags, ctx.environment);
  const settings = readSettings(
    { store: "file:///", ...flags },
    ctx.environment,
  );
  const repository = await repositoryConfig(
    ctx,
    settings.config,
    await planEngines(ctx),
  );

  if (settings.json)
    return io.print(
      `${JSON.stringify({ settings: origins.map((each) => ({ ...each, value: each.value && plainUrl(each.value) })), conversion: repository }, null, 2)}\n`,
    );

  const width = Math.max(...origins.map(({ name }) => name.length));
  for (const { name, value, from, variable } of origins) {
    const origin =
      from === "variable"
        ? variable
        : from === "flag"
          ? `--${name}`
          : "default";
    ctx.log.info(`${name.padEnd(width)}  ${shown(value)}  (${origin})`);
  }

  if (!repository) return ctx.log.info("conversion.yaml: none in this folder");

  ctx.log.info(`${repository.file}:`);

  for (const [name, model] of Object.entries({
    defaults: repository.config.defaults,
    ...repository.config.models,
  }))
    if (model) ctx.log.info(`  ${name}: ${JSON.stringify(model)}`);
}

function shown(value: string | null): string {
  return value === null ? "(not set)" : plainUrl(value);
}
